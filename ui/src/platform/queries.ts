//! What several pages ask for. A key starts with the list that Rust reports as changed, or with the
//! resource and the connection it belongs to.

import {
  notifyManager,
  queryOptions,
  useQuery,
  useQueryClient,
  type Query,
  type QueryClient,
} from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";

import type { ConnectionSummary, HoldView } from "./bindings";
import { useCommands, type Commands } from "./platform";

export const connectionsQuery = (commands: Commands) =>
  queryOptions({ queryKey: ["connections"], queryFn: () => commands.listConnections() });

export const holdsQuery = (commands: Commands) =>
  queryOptions({ queryKey: ["holds"], queryFn: () => commands.listHolds() });

export const noticesQuery = (commands: Commands) =>
  queryOptions({ queryKey: ["notices"], queryFn: () => commands.listNotices() });

export const topicsQuery = (commands: Commands, connection: string) =>
  queryOptions({
    queryKey: ["topics", connection],
    queryFn: () => commands.listTopics(connection),
  });

export const exchangesQuery = (commands: Commands, connection: string) =>
  queryOptions({
    queryKey: ["exchanges", connection],
    queryFn: () => commands.listExchanges(connection),
  });

/** Replays that run now. Rust does not tell of changes: whoever shows it asks when it matters. */
export const replaysQuery = (commands: Commands) =>
  queryOptions({ queryKey: ["replays"], queryFn: () => commands.listReplays() });

/** Every connection; none while the list is on its way. */
export function useConnections(): readonly ConnectionSummary[] {
  return useQuery(connectionsQuery(useCommands())).data ?? [];
}

export function useConnection(id: string | undefined): ConnectionSummary | undefined {
  return useConnections().find((connection) => connection.id === id);
}

/** Every hold of this run; none while the list is on its way. */
export function useHolds(): readonly HoldView[] {
  return useQuery(holdsQuery(useCommands())).data ?? [];
}

/** How many queues there are, without loading them. Part of what a refresh of their list asks for. */
const queueCountQuery = (commands: Commands, connection: string) =>
  queryOptions({
    queryKey: ["queues", connection, "count"],
    queryFn: async () => {
      const page = await commands.listQueues(connection, {
        page: 1,
        pageSize: 1,
        name: "",
        sort: "name",
        descending: false,
      });
      return page.total;
    },
  });

/** How many queues there are, as the newest answer says, whichever page asked. */
export function useQueueCount(connection: string): number | undefined {
  useQuery(queueCountQuery(useCommands(), connection));
  const cache = useQueryClient().getQueryCache();
  return useSyncExternalStore(
    useCallback((told) => cache.subscribe(notifyManager.batchCalls(told)), [cache]),
    () => newest(cache.findAll({ queryKey: ["queues", connection] })),
  );
}

function newest(queries: readonly Query[]): number | undefined {
  const told = queries.flatMap((query) => {
    const count = countIn(query.queryKey[2], query.state.data);
    return count === undefined ? [] : [{ count, at: query.state.dataUpdatedAt }];
  });
  return told.toSorted((a, b) => b.at - a.at)[0]?.count;
}

/** Of a list, only one that was not filtered tells how many there are. */
function countIn(choice: unknown, data: unknown): number | undefined {
  if (typeof data === "number") return data;
  const whole =
    typeof choice === "object" && choice !== null && "name" in choice && choice.name === "";
  if (!whole || typeof data !== "object" || data === null || !("total" in data)) return undefined;
  return typeof data.total === "number" ? data.total : undefined;
}

/** What a form is made of: it follows what was saved by itself. */
const FORMS: ReadonlySet<unknown> = new Set(["connection", "secret-places"]);

/**
 * Forgets what was asked of a connection that ended: it may be another broker now. Nothing is asked
 * again before somebody looks, which would open it.
 */
export function forgetConnection(client: QueryClient, connection: string): void {
  const predicate = ({ queryKey: [resource, of] }: Query): boolean =>
    of === connection && !FORMS.has(resource);
  for (const query of client.getQueryCache().findAll({ predicate })) query.reset();
  client.removeQueries({ predicate, type: "inactive" });
}
