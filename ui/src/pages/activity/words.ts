//! What an entry says, in words: the ledger keeps codes and names of its time.

import { useCallback } from "react";
import { useQuery } from "@tanstack/react-query";

import { printable } from "@/format";
import type { Text } from "@/i18n";
import type { ActivityEntry } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";
import { connectionsQuery } from "@/platform/queries";

/** The verb, or the ledger's own word where another version wrote it. */
export function actionText({ t }: Text, { verb, action }: ActivityEntry): string {
  return verb === null ? printable(action) : t(`activity.verb.${verb}`);
}

/** The verb, and the ledger's own word where it is another one. */
export function actionTitle(text: Text, entry: ActivityEntry): string {
  const shown = actionText(text, entry);
  const written = printable(entry.action);
  return shown === written ? shown : `${shown} (${written})`;
}

/** What became of a connection since an entry was written; null where nothing did. */
export type Since =
  | { readonly is: "removed" }
  | { readonly is: "renamed"; readonly now: string }
  | null;

/** By its id, which stays, and the name that it had. Nothing is said before the list is there. */
export function useSince(): (connection: string, name: string) => Since {
  const { data } = useQuery(connectionsQuery(useCommands()));
  return useCallback(
    (connection, name) => {
      if (data === undefined) return null;
      const now = data.find(({ id }) => id === connection);
      if (now === undefined) return { is: "removed" };
      return now.name === name ? null : { is: "renamed", now: now.name };
    },
    [data],
  );
}

export function sinceText({ t }: Text, since: Since): string | null {
  if (since === null) return null;
  return since.is === "removed"
    ? t("activity.connection.removed")
    : t("activity.connection.renamed", { name: printable(since.now) });
}
