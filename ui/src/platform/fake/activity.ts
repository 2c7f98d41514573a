//! The ledger: newest first, filtered and paged as Rust does it.

import type { ActivityEntry } from "../bindings";
import { fail, type Area, type World } from "./world";

export const activityCommands: Area<"listActivity"> = (world) => ({
  async listActivity({ text, connection, before, limit }) {
    if (limit < 1 || limit > 500) throw fail("invalid", "a page has 1 to 500 entries");
    const wanted = text.trim().toLowerCase();
    const matching = world.activity.filter(
      (entry) =>
        (connection === null || entry.connection === connection) &&
        (wanted === "" || textOf(entry).includes(wanted)),
    );
    const from = before === null ? 0 : matching.findIndex((entry) => entry.id === before) + 1;
    const entries = matching.slice(from, from + limit);
    const more = from + limit < matching.length;
    return { entries, cursor: more ? (entries.at(-1)?.id ?? null) : null, unreadable: "0" };
  },
});

function textOf(entry: ActivityEntry): string {
  const { operator, connectionName, action, object, source, reason, detail } = entry;
  return [operator, connectionName, action, object, source, reason, detail]
    .join("\n")
    .toLowerCase();
}

/** Some weeks of a company's support desk, for `npm run dev` and for tests of paging. */
export function seedActivity(world: World, count: number): void {
  const start = Date.UTC(2026, 10, 21, 14, 3, 22, 417);
  for (let i = 0; i < count; i += 1) world.activity.push(entry(i, start - i * 1_713_000));
}

type Case = Omit<ActivityEntry, "id" | "at" | "objectPlaces" | "sourcePlaces" | "facts"> &
  Partial<Pick<ActivityEntry, "objectPlaces" | "sourcePlaces" | "facts">>;

const CASES: readonly Case[] = [
  {
    operator: "camille",
    connection: "commands-prod",
    connectionName: "commands-prod",
    environment: "production",
    verb: "unlock",
    action: "unlock",
    object: "commands-prod",
    objectPlaces: [{ kind: "connection", name: "commands-prod" }],
    count: null,
    source: null,
    reason: "INC-2291 payment outage",
    outcome: "done",
    done: null,
    failed: null,
    detail: "for 900 s",
    facts: [{ fact: "lasts", seconds: 900 }],
  },
  {
    operator: "camille",
    connection: "commands-prod",
    connectionName: "commands-prod",
    environment: "production",
    verb: "acknowledge",
    action: "acknowledge",
    object: "task_queue.dlq",
    count: "12",
    source: null,
    reason: "INC-2291 payment outage",
    outcome: "done",
    done: null,
    failed: null,
    detail: null,
  },
  {
    operator: "camille",
    connection: "commands-prod",
    connectionName: "commands-prod",
    environment: "production",
    verb: "replay",
    action: "replay",
    object: "exchange commands, routing key payment.retry",
    objectPlaces: [{ kind: "exchange", name: "commands", key: "payment.retry" }],
    count: "1873",
    source: "orders-prod, topic orders.payment-failed",
    sourcePlaces: [
      { kind: "connection", name: "orders-prod" },
      { kind: "topic", name: "orders.payment-failed" },
    ],
    reason: "INC-2291 payment outage",
    outcome: "partial",
    done: "1861",
    failed: "12",
    detail: "run 7f3c, 12 unroutable",
    facts: [
      { fact: "run", id: "7f3c" },
      { fact: "messages", count: "12", fate: "unroutable" },
    ],
  },
  {
    operator: "yannick",
    connection: "commands-prod",
    connectionName: "commands-prod",
    environment: "production",
    verb: "hold",
    action: "hold",
    object: "queue task_queue.dlq",
    objectPlaces: [{ kind: "queue", name: "task_queue.dlq" }],
    count: "50",
    source: null,
    reason: "INC-2291 payment outage",
    outcome: "done",
    done: "50",
    failed: null,
    detail: "50 returned, 0 acknowledged",
    facts: [
      { fact: "messages", count: "50", fate: "returned" },
      { fact: "messages", count: "0", fate: "acknowledged" },
    ],
  },
  {
    operator: "yannick",
    connection: "orders-staging",
    connectionName: "orders-staging",
    environment: "staging",
    verb: "replay",
    action: "replay",
    object: "orders.payment-failed",
    count: "3",
    source: "orders-prod / orders.payment-failed",
    reason: "",
    outcome: "failed",
    done: "0",
    failed: "3",
    detail: "the topic orders.payment-failed does not exist on orders-staging",
  },
  {
    operator: "inès",
    connection: "commands-dev",
    connectionName: "commands-dev",
    environment: "dev",
    verb: "hold",
    action: "hold",
    object: "emails",
    count: null,
    source: null,
    reason: "",
    outcome: "unknown",
    done: null,
    failed: null,
    detail: "the change was interrupted before its result was known",
  },
];

function entry(i: number, at: number): ActivityEntry {
  const found = CASES[i % CASES.length];
  if (found === undefined) throw fail("internal", "the fake has no entries");
  return {
    objectPlaces: [],
    sourcePlaces: [],
    facts: [],
    ...found,
    id: `seed-${i}`,
    at: String(at),
  };
}
