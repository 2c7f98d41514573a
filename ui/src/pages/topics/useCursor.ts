//! The cursor of a list: on a record, wherever that is among the rows.

import { useState } from "react";

import type { UsedRowPages } from "@/components/DataTable/useRowPages";
import type { RecordRow } from "@/platform/bindings";

export interface Cursor {
  /** Where its record is; null where it is on none, or that is not known since rows moved. */
  readonly index: number | null;
  /** Null until its row came. */
  readonly record: RecordRow | null;
}

interface Put extends Cursor {
  /** Of the rows when it was put there. */
  readonly revision: number;
}

/** Another `revision`: rows may have moved. */
export function useCursor(
  rows: Pick<UsedRowPages<RecordRow>, "rowAt" | "find">,
  revision: number,
): Cursor & { readonly onIndex: (index: number) => void } {
  const [put, setPut] = useState<Put>({ index: null, record: null, revision });
  const at = (index: number | null): RecordRow | null =>
    index === null ? null : (rows.rowAt(index) ?? null);
  const record = put.record ?? at(put.index);
  // From now on it is on that record, not at that index.
  if (record !== null && put.record === null) setPut({ ...put, record });
  const here = at(put.index);
  const isHere = here === null ? put.revision === revision : here.row === record?.row;
  return {
    index: isHere || record === null ? put.index : rows.find(({ row }) => row === record.row),
    record,
    onIndex: (index) => setPut({ index, record: at(index), revision }),
  };
}
