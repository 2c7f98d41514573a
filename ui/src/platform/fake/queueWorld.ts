//! The queues of the company: one dead-letter queue that fills, one that is consumed, a stream, one
//! that the broker says nothing about, and on production a thousand more.

import type { QueueFacts } from "../bindings";
import { connectionOf, fail, type FakeConnection, type World } from "./world";

export interface FakeQueue {
  facts: QueueFacts;
  publishRate: number | null;
  deliverRate: number | null;
  state: string | null;
  /** Null where returns are not counted. */
  limit: number | null;
  /** Whether its messages came here by dead-lettering. */
  isDeadLetterQueue: boolean;
  /** The number of the next message to be taken. */
  next: number;
  /** How often messages were returned before, by number; of others it follows from the number. */
  spent: Map<number, number>;
}

const companies = new WeakMap<World, Map<string, FakeQueue[]>>();

/** The queues of a connection, to arrange a case. */
export function queuesOf(world: World, connection: string): FakeQueue[] {
  const known = companies.get(world) ?? new Map<string, FakeQueue[]>();
  companies.set(world, known);
  const found = known.get(connection);
  if (found !== undefined) return found;
  const vhost = vhostOf(connectionOf(world, connection));
  const made = connection === "commands-prod" ? production(vhost) : few(vhost);
  known.set(connection, made);
  return made;
}

function vhostOf(connection: FakeConnection): string {
  const { broker } = connection.form;
  return broker.kind === "rabbitmq" ? broker.vhost : "/";
}

function queue(vhost: string, name: string, rest: Partial<QueueFacts> = {}): FakeQueue {
  const facts: QueueFacts = {
    name,
    vhost,
    kind: "quorum",
    durable: true,
    ready: "0",
    unacked: "0",
    consumers: "0",
    // Unless arranged otherwise, ours are not among them.
    otherConsumers: rest.consumers === undefined ? "0" : rest.consumers,
    moreSoon: false,
    policy: null,
    deliveryLimit: { limit: "at", count: "20" },
    deadLettersWaiting: "0",
    singleActiveConsumer: false,
    exclusive: false,
    state: "running",
    deadLetter: { to: "deleted" },
    arguments: [{ name: "x-queue-type", value: "quorum" }],
    missing: [],
    ...rest,
  };
  return {
    facts,
    publishRate: 0,
    deliverRate: 0,
    state: "running",
    limit: facts.kind === "quorum" ? 20 : null,
    isDeadLetterQueue: name.endsWith(".dlq"),
    next: 0,
    spent: new Map(),
  };
}

function few(vhost: string): FakeQueue[] {
  const noStatistics = fail("unsupported", "the broker gives no statistics for this queue");
  const unknown = queue(vhost, "audit.events", {
    kind: null,
    durable: null,
    ready: null,
    unacked: null,
    consumers: null,
    deliveryLimit: { limit: "unknown" },
    deadLettersWaiting: null,
    singleActiveConsumer: null,
    exclusive: null,
    state: null,
    deadLetter: { to: "unknown" },
    arguments: [],
    missing: [noStatistics],
  });
  return [
    {
      ...queue(vhost, "task_queue", {
        ready: "12",
        unacked: "3",
        consumers: "3",
        policy: "tasks",
        deadLetter: { to: "exchange", exchange: "", routingKey: "task_queue.dlq" },
        arguments: [
          { name: "x-dead-letter-exchange", value: "" },
          { name: "x-dead-letter-routing-key", value: "task_queue.dlq" },
          { name: "x-queue-type", value: "quorum" },
        ],
      }),
      publishRate: 310.4,
      deliverRate: 311,
    },
    queue(vhost, "task_queue.dlq", { ready: "4862" }),
    {
      ...queue(vhost, "emails", {
        kind: "classic",
        ready: "9120",
        unacked: "1",
        consumers: "1",
        deliveryLimit: { limit: "unlimited" },
        deadLetter: { to: "exchange", exchange: "commands", routingKey: null },
        arguments: [{ name: "x-message-ttl", value: "86400000" }],
      }),
      publishRate: 120,
      deliverRate: 118,
    },
    { ...unknown, publishRate: null, deliverRate: null, state: null },
    {
      ...queue(vhost, "orders.stream", {
        kind: "stream",
        ready: "1048576",
        deliveryLimit: { limit: "unlimited" },
      }),
      publishRate: 42.3,
    },
    queue(vhost, "reports.nobody", {
      kind: "classic",
      ready: "37",
      deliveryLimit: { limit: "unlimited" },
    }),
  ];
}

function production(vhost: string): FakeQueue[] {
  const many = few(vhost);
  for (let i = many.length; i < 1204; i += 1) {
    const name = `svc-${String(i % 40).padStart(2, "0")}.work.${String(i).padStart(4, "0")}`;
    const busy = i % 7 === 0;
    many.push({
      ...queue(vhost, name, {
        kind: i % 3 === 0 ? "classic" : "quorum",
        ready: String((i * 7919) % (busy ? 90_000 : 40)),
        unacked: String(i % 5),
        consumers: String(i % 4),
      }),
      publishRate: busy ? (i % 90) + 0.5 : 0,
      deliverRate: busy ? (i % 80) + 0.2 : 0,
    });
  }
  return many;
}
