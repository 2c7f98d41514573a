//! The numbers of rows that are selected by their places, in the order of these.

import { rowsOf, sizeOf, type Selection } from "@/components/DataTable/DataTable";
import type { RecordRow } from "@/platform/bindings";

/** Rows asked for at once. */
const WINDOW = 1000;

/** Undefined where the row is not here. */
type RowAt = (index: number) => RecordRow | undefined;

/** Null where some of them are not here. */
export function numbersHere(selection: Selection, rowAt: RowAt): number[] | null {
  const numbers = rowsOf(selection).flatMap((index) => rowAt(index)?.row ?? []);
  return numbers.length === sizeOf(selection) ? numbers : null;
}

/** Asks for those that are not here; null where the list has fewer rows than that. */
export async function numbersOf(
  selection: Selection,
  rowAt: RowAt,
  load: (from: number, count: number) => Promise<readonly RecordRow[]>,
): Promise<number[] | null> {
  const numbers: number[] = [];
  for (const { from, end } of selection) {
    let window: readonly RecordRow[] = [];
    let start = from;
    for (let index = from; index < end; index += 1) {
      let row = window[index - start] ?? rowAt(index);
      if (row === undefined) {
        start = index;
        window = await load(start, Math.min(WINDOW, end - start));
        row = window[0];
      }
      if (row === undefined) return null;
      numbers.push(row.row);
    }
  }
  return numbers;
}
