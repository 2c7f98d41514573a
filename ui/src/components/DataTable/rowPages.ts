//! Rows on demand: pages around what is in view, a few of them kept, the oldest forgotten.

import type { Failure } from "@/platform/bindings";
import { asFailure } from "@/platform/failure";

export const PAGE = 128;
/** Pages kept: some screens either way, whatever the length of the list. */
export const KEPT = 24;

/** Gives rows `from` to `from + count`, fewer at the end. */
export type LoadRows<Row> = (from: number, count: number) => Promise<readonly Row[]>;

interface Page<Row> {
  readonly rows: readonly Row[];
  /** Of the list when it was asked for. */
  readonly version: number;
}

export interface RowPages<Row> {
  rowAt(index: number): Row | undefined;
  /** These are in view: asks for what is missing of them. */
  want(from: number, count: number): void;
  /** The list has this many rows now. A page that was not full is asked for again. */
  setCount(count: number): void;
  /**
   * Asks again for what is in view, also for what is on its way; what is shown stays until it came,
   * and what is not is forgotten.
   */
  reload(): void;
  /** Where the first row kept is that is looked for; null where none is. */
  find(isWanted: (row: Row) => boolean): number | null;
  /** Why a page in view did not come. */
  failure(): Failure | null;
  subscribe(listener: () => void): () => void;
  /** Another number after each change. */
  revision(): number;
}

export function createRowPages<Row>(load: LoadRows<Row>): RowPages<Row> {
  const pages = new Map<number, Page<Row>>();
  const loading = new Set<number>();
  const listeners = new Set<() => void>();
  let wanted: readonly number[] = [0];
  let count = 0;
  let version = 0;
  let revision = 0;
  const failures = new Map<number, Failure>();

  const changed = (): void => {
    revision += 1;
    for (const listener of listeners) listener();
  };

  const expected = (page: number): number => Math.min(PAGE, count - page * PAGE);

  const missing = (page: number): boolean => {
    const have = pages.get(page);
    if (expected(page) <= 0 || loading.has(page)) return false;
    return have === undefined || have.version !== version || have.rows.length < expected(page);
  };

  const forget = (): void => {
    for (const page of pages.keys()) {
      if (pages.size <= KEPT) return;
      if (!wanted.includes(page)) pages.delete(page);
    }
  };

  const fetch = async (page: number): Promise<void> => {
    loading.add(page);
    const asked = { version, rows: expected(page) };
    try {
      const rows = await load(page * PAGE, PAGE);
      // Behind the others: the first in the map is the oldest.
      pages.delete(page);
      if (asked.version === version || wanted.includes(page))
        pages.set(page, { rows, version: asked.version });
      failures.delete(page);
      loading.delete(page);
      forget();
    } catch (error) {
      loading.delete(page);
      // One that went out of view is asked for again when it comes back.
      if (wanted.includes(page)) failures.set(page, asFailure(error));
    }
    // Rows arrived, or a reload was asked for, while this page was on its way. A list that gives
    // fewer rows than it said is not asked again and again, nor is one that fails.
    if (version !== asked.version || expected(page) > asked.rows) pump();
    changed();
  };

  const pump = (): void => {
    for (const page of wanted) if (missing(page)) void fetch(page);
  };

  return {
    rowAt: (index) => pages.get(Math.floor(index / PAGE))?.rows[index % PAGE],
    want: (from, length) => {
      const first = Math.floor(from / PAGE);
      const last = Math.floor((from + Math.max(1, length) - 1) / PAGE);
      wanted = Array.from({ length: last - first + 1 }, (_, index) => first + index);
      const left = [...failures.keys()].filter((page) => !wanted.includes(page));
      for (const page of left) failures.delete(page);
      pump();
      if (left.length > 0) changed();
    },
    setCount: (next) => {
      if (next === count) return;
      count = next;
      pump();
    },
    reload: () => {
      version += 1;
      for (const page of pages.keys()) if (!wanted.includes(page)) pages.delete(page);
      pump();
    },
    find: (isWanted) => {
      for (const [page, { rows }] of pages) {
        const place = rows.findIndex(isWanted);
        if (place !== -1) return page * PAGE + place;
      }
      return null;
    },
    failure: () => failures.values().next().value ?? null,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    revision: () => revision,
  };
}
