import { useEffect, useMemo, useSyncExternalStore } from "react";

import type { Failure } from "@/platform/bindings";

import { createRowPages, type LoadRows, type RowPages } from "./rowPages";

export interface UsedRowPages<Row> {
  readonly rowAt: (index: number) => Row | undefined;
  readonly onWindow: (from: number, count: number) => void;
  /** Why a page in view did not come. */
  readonly failure: Failure | null;
  /** Asks again for what is in view, also for what is on its way; what is shown stays until it came. */
  readonly reload: () => void;
  /** Where the first row kept is that is looked for; null where none is. */
  readonly find: RowPages<Row>["find"];
}

/** Rows for a `DataTable` that come in windows. Another `load` is another list: keep it stable. */
export function useRowPages<Row>(load: LoadRows<Row>, count: number): UsedRowPages<Row> {
  const pages = useMemo(() => createRowPages(load), [load]);
  useSyncExternalStore(pages.subscribe, pages.revision);
  useEffect(() => pages.setCount(count), [pages, count]);
  return {
    rowAt: pages.rowAt,
    onWindow: pages.want,
    failure: pages.failure(),
    reload: pages.reload,
    find: pages.find,
  };
}
