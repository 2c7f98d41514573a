//! The queues of a connection, a page at a time: the broker sorts and filters, and only what is in
//! view is asked for.

import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

import { PAGE } from "@/components/DataTable/rowPages";
import { useRowPages, type UsedRowPages } from "@/components/DataTable/useRowPages";
import type { Failure, QueueQuery, QueueRow } from "@/platform/bindings";
import { useCommands, type Commands } from "@/platform/platform";

/** What the person chose about the list. */
export type QueueChoice = Pick<QueueQuery, "name" | "sort" | "descending">;

/** A page that is younger than this is shown again without asking. Milliseconds. */
const FRESH = 3000;

const pageQuery = (commands: Commands, connection: string, choice: QueueChoice, page: number) =>
  queryOptions({
    // The palette finds queues under this key.
    queryKey: ["queues", connection, choice, page],
    queryFn: () => commands.listQueues(connection, { ...choice, page, pageSize: PAGE }),
    staleTime: FRESH,
  });

export interface QueueList extends UsedRowPages<QueueRow> {
  /** Undefined while the first is on its way; while another choice is, of the one before. */
  readonly total: number | undefined;
  /** Why there is no list at all. */
  readonly refusal: Failure | null;
  /** Asks again for what is in view. */
  readonly refresh: () => void;
}

export function useQueueList(connection: string, choice: QueueChoice): QueueList {
  const commands = useCommands();
  const client = useQueryClient();
  const { name, sort, descending } = choice;
  const first = useQuery({
    ...pageQuery(commands, connection, choice, 1),
    // The table stays, with its focus and place, until the rows of another choice are there; another
    // connection has a table of its own.
    placeholderData: (before, query) => (query?.queryKey[1] === connection ? before : undefined),
  });
  const load = useCallback(
    async (from: number) => {
      const page = from / PAGE + 1;
      const asked = { name, sort, descending };
      return (await client.fetchQuery(pageQuery(commands, connection, asked, page))).rows;
    },
    [client, commands, connection, name, sort, descending],
  );
  const total = first.data?.total;
  const pages = useRowPages(load, total ?? 0);
  const { reload } = pages;
  const refused = (first.error ?? pages.failure)?.code === "authentication";
  const refresh = useCallback(() => {
    const ask = async (): Promise<void> => {
      // A refused log-in is remembered, and tried again for a person only. Whether it went well is
      // said by what is asked next.
      if (refused) await commands.openConnection(connection, true).catch(() => undefined);
      await client.invalidateQueries({ queryKey: ["queues", connection] });
      reload();
    };
    void ask();
  }, [client, commands, connection, refused, reload]);
  return { ...pages, total, refusal: total === undefined ? first.error : null, refresh };
}
