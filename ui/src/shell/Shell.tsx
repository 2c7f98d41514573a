import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useMemo, useState, type ReactNode } from "react";

import { useToastsOf } from "@/components/Toast/Toast";
import { useHotkey } from "@/components/hotkeys";
import { useCommands } from "@/platform/platform";
import { connectionsQuery, useConnection } from "@/platform/queries";

import { LeaveDialog } from "./LeaveDialog";
import { Navigation } from "./Navigation";
import { Notices } from "./Notices";
import styles from "./Shell.module.css";
import { ShellContext, type ShellActions } from "./shellContext";
import { onDemand, loadAll } from "./onDemand";
import { useRememberedPlace } from "./place";
import { StatusBar } from "./StatusBar";
import { useTheme } from "./theme";
import { useRunningReplays } from "./useRunningReplays";

// What nobody has asked for yet is loaded once there is something to see.
const Palette = onDemand(async () => (await import("./Palette")).Palette);
const KeyHelp = onDemand(async () => (await import("@/components/KeyHelp/KeyHelp")).KeyHelp);
const UnlockDialog = onDemand(async () => (await import("./UnlockDialog")).UnlockDialog);

/** The window: navigation, the page, the status bar, and what opens over them. */
export function Shell(): ReactNode {
  useTheme();
  const [unlocking, setUnlocking] = useState<string | null>(null);
  const [palette, setPalette] = useState(false);
  const [keys, setKeys] = useState(false);
  const actions = useMemo<ShellActions>(
    () => ({
      unlock: setUnlocking,
      openPalette: () => setPalette(true),
      openKeys: () => setKeys(true),
    }),
    [],
  );
  useHotkey("k", actions.openPalette, { ctrl: true });
  useHotkey("?", actions.openKeys);
  const toUnlock = useConnection(unlocking ?? undefined);
  useContentShown();
  useRememberedPlace();
  useRunningReplays();
  useToastsOf(useLocation({ select: ({ pathname }) => pathname }));
  return (
    <ShellContext value={actions}>
      <div className={styles["shell"]}>
        <Navigation />
        <main className={styles["centre"]}>
          <Notices />
          <Outlet />
        </main>
        <StatusBar />
      </div>
      {palette && <Palette onClose={() => setPalette(false)} />}
      {keys && <KeyHelp open onClose={() => setKeys(false)} />}
      {toUnlock !== undefined && (
        <UnlockDialog connection={toUnlock} onClose={() => setUnlocking(null)} />
      )}
      <LeaveDialog />
    </ShellContext>
  );
}

/** Tells Rust once that there is something to see, so that the window never shows empty. */
function useContentShown(): void {
  const commands = useCommands();
  const { isPending } = useQuery(connectionsQuery(commands));
  useEffect(() => {
    if (isPending) return;
    // A window that stays hidden would be worse than one that shows early: nothing to do about it.
    commands.contentShown().catch(() => undefined);
    loadAll();
  }, [commands, isPending]);
}
