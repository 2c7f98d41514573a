//! Rows of a hold: windows for the table, and the messages behind a selection.

import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";

import { sizeOf, type Selection } from "@/components/DataTable/DataTable";
import { useRowPages, type UsedRowPages } from "@/components/DataTable/useRowPages";
import type { Failure, HeldRow, HoldView } from "@/platform/bindings";
import { useCommands, type Commands } from "@/platform/platform";

/** Rows of one request. */
const WINDOW = 500;

/** The rows of a hold, read again when what became of them changed. */
export function useHeldRows(hold: HoldView | null): UsedRowPages<HeldRow> {
  const commands = useCommands();
  const id = hold?.id ?? "";
  const load = useCallback(
    async (from: number, count: number) => (await commands.heldRows(id, from, count)).rows,
    [commands, id],
  );
  const pages = useRowPages(load, hold?.rows ?? 0);
  const { reload } = pages;
  const held = hold?.held ?? 0;
  const phase = hold?.phase ?? "ended";
  useEffect(() => reload(), [reload, id, held, phase]);
  return pages;
}

export interface Chosen {
  /** Session ids of the selected messages that are still held, in their order. */
  readonly ids: readonly number[];
  /** Those of them that the next return would destroy. */
  readonly last: number;
  /** Everything that is selected: what was settled can still be replayed from its snapshot. */
  readonly all: readonly number[];
  /** The queue that all of them died in; null where it is not one. */
  readonly diedIn: string | null;
}

export interface ChosenState {
  readonly chosen: Chosen | null;
  /** Why it cannot be found out. */
  readonly failure: Failure | null;
  readonly retry: () => void;
}

/** What a selection of rows stands for. Null while it is being found out. */
export function useChosen(hold: HoldView | null, selection: Selection): ChosenState {
  const commands = useCommands();
  const size = sizeOf(selection);
  const query = useQuery({
    queryKey: ["holds", hold?.id, "selection", selection],
    queryFn: () => (hold === null ? [] : rowsIn(commands, hold.id, selection)),
    enabled: hold !== null && size > 0,
    gcTime: 0,
  });
  const retry = (): void => void query.refetch();
  if (hold === null || size === 0) return { chosen: null, failure: null, retry };
  // What was found out before is not told when it was asked again in vain: it has changed.
  if (query.data === undefined || query.error !== null)
    return { chosen: null, failure: query.error, retry };
  return { chosen: choose(query.data), failure: null, retry };
}

export function choose(rows: readonly HeldRow[]): Chosen {
  const held = rows.filter((row) => row.state === "held");
  return {
    ids: held.map((row) => row.id),
    last: held.filter((row) => row.lastLook).length,
    all: rows.map((row) => row.id),
    diedIn: rows.every((row) => row.from === rows[0]?.from) ? (rows[0]?.from ?? null) : null,
  };
}

async function rowsIn(commands: Commands, hold: string, selection: Selection): Promise<HeldRow[]> {
  const rows: HeldRow[] = [];
  for (const { from, end } of selection) {
    for (let at = from; at < end; at += WINDOW) {
      const page = await commands.heldRows(hold, at, Math.min(WINDOW, end - at));
      rows.push(...page.rows);
    }
  }
  return rows;
}
