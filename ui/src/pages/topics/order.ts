//! The order of the list of topics. All of them are here, so nobody is asked.

import type { TopicRow } from "@/platform/bindings";

export interface TopicOrder {
  readonly by: "name" | "partitions" | "replication";
  readonly descending: boolean;
}

export const BY_NAME: TopicOrder = { by: "name", descending: false };

/** Another column begins with what matters first: the largest number, the first name. */
export function next(order: TopicOrder, by: TopicOrder["by"]): TopicOrder {
  return { by, descending: order.by === by ? !order.descending : by !== "name" };
}

function byName(a: TopicRow, b: TopicRow): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

/** What is not known comes last in either direction, and equals keep the order of their names. */
export function sorted(topics: readonly TopicRow[], { by, descending }: TopicOrder): TopicRow[] {
  const sign = descending ? -1 : 1;
  if (by === "name") return topics.toSorted((a, b) => sign * byName(a, b));
  const known = (topic: TopicRow): number | null => (topic.failure === null ? topic[by] : null);
  return topics.toSorted((a, b) => {
    const [left, right] = [known(a), known(b)];
    if (left === right) return byName(a, b);
    if (left === null) return 1;
    if (right === null) return -1;
    return sign * (left - right);
  });
}
