//! The ledger, newest first, page after page by its cursor.

import { useInfiniteQuery } from "@tanstack/react-query";

import type { ActivityEntry, Failure } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";

/** Entries of one page. */
export const PAGE = 100;

export interface ActivityFilter {
  /** Part of any text; empty is all. */
  readonly text: string;
  /** Null is all. */
  readonly connection: string | null;
}

export interface Entries {
  /** Undefined while the first page is on its way. */
  readonly entries: readonly ActivityEntry[] | undefined;
  /** Why there is nothing. */
  readonly failure: Failure | null;
  /** Why the older ones did not come. */
  readonly moreFailure: Failure | null;
  /** Entries that this version cannot read and are left out. */
  readonly unreadable: bigint;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  loadMore(): void;
  retry(): void;
}

/** Asked again whenever Rust says that the activity changed, as far as it was opened. */
export function useEntries({ text, connection }: ActivityFilter): Entries {
  const commands = useCommands();
  const query = useInfiniteQuery({
    queryKey: ["activity", text, connection],
    queryFn: ({ pageParam }) =>
      commands.listActivity({ text, connection, before: pageParam, limit: PAGE }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  });
  return {
    entries: query.data?.pages.flatMap((page) => page.entries),
    failure: query.data === undefined ? query.error : null,
    moreFailure: query.data === undefined ? null : query.error,
    unreadable: (query.data?.pages ?? []).reduce((sum, page) => sum + BigInt(page.unreadable), 0n),
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}
