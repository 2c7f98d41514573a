//! What several pages ask for. A key starts with the list that Rust reports as changed, or with the
//! resource and the connection it belongs to.

import { queryOptions, useQuery } from "@tanstack/react-query";

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

/** How many queues there are, without loading them. */
export const queueCountQuery = (commands: Commands, connection: string) =>
  queryOptions({
    queryKey: ["queue-count", connection],
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
