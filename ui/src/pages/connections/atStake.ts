//! What the end of a connection costs: it ends when it is removed, and when more than its name is
//! edited.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { forPlural, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { HoldView, ReplayView } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";
import { holdsQuery, replaysQuery, useHolds } from "@/platform/queries";
import { useJobs } from "@/shell/jobs";

export interface AtStake {
  /** Held messages that go back to their queue. */
  readonly returned: number;
  /** Held messages without a look left: nothing returns them, and they do not survive the end. */
  readonly lost: number;
  /** Replays that run from it or to it. */
  readonly replays: number;
}

export const NOTHING: AtStake = { returned: 0, lost: 0, replays: 0 };

export function stakeOf(
  connection: string,
  holds: readonly HoldView[],
  replays: readonly ReplayView[],
): AtStake {
  const own = holds.filter((hold) => hold.connection === connection);
  const held = own.reduce((sum, hold) => sum + hold.held, 0);
  const lost = own.reduce((sum, hold) => sum + hold.inLastLook, 0);
  const on = replays.filter((run) => run.connection === connection || run.source === connection);
  return { returned: Math.max(0, held - lost), lost, replays: on.length };
}

/** Whether nobody would want it without being asked. */
export function isGrave({ lost, replays }: AtStake): boolean {
  return lost > 0 || replays > 0;
}

export interface UsedAtStake {
  /** As far as it was told. */
  readonly known: AtStake;
  /** As it is now. */
  ask(): Promise<AtStake>;
}

/** `connection` is null for one that is not saved: nothing is open of it. */
export function useAtStake(connection: string | null): UsedAtStake {
  const commands = useCommands();
  const client = useQueryClient();
  const holds = useHolds();
  const replays = useQuery({ ...replaysQuery(commands), enabled: connection !== null });
  const jobs = useJobs()
    .map(({ id }) => id)
    .join();
  useEffect(() => {
    void client.invalidateQueries({ queryKey: replaysQuery(commands).queryKey });
  }, [client, commands, jobs]);
  return {
    known: connection === null ? NOTHING : stakeOf(connection, holds, replays.data ?? []),
    ask: async () => {
      if (connection === null) return NOTHING;
      const [held, running] = await Promise.all([
        client.fetchQuery({ ...holdsQuery(commands), staleTime: 0 }),
        client.fetchQuery({ ...replaysQuery(commands), staleTime: 0 }),
      ]);
      return stakeOf(connection, held, running);
    },
  };
}

/** What becomes of what is at stake, a sentence each. */
export function useStakeWords(): (stake: AtStake) => readonly string[] {
  const { t } = useText();
  const format = useFormat();
  return (stake) =>
    (["returned", "lost", "replays"] as const).flatMap((what) => {
      const count = stake[what];
      if (count === 0) return [];
      const words = { count: forPlural(count), shown: format.count(count) };
      return [t(`connections.ends.${what}`, words)];
    });
}
