//! Where to, from fields to a target.

import type { BrokerKind, ReplayTarget, TimeChoice } from "@/platform/bindings";

export type PartitionKind = "by_key" | "same" | "fixed";
export type RoutingKind = "original" | "fixed";

/** The target as entered. */
export interface TargetDraft {
  readonly connection: string | null;
  readonly topic: string;
  readonly partition: PartitionKind;
  readonly partitionNumber: string;
  readonly time: TimeChoice;
  /** Null while none is chosen; empty is the default exchange. */
  readonly exchange: string | null;
  readonly routing: RoutingKind;
  readonly routingKey: string;
}

export const NOWHERE: TargetDraft = {
  connection: null,
  topic: "",
  partition: "by_key",
  partitionNumber: "",
  time: "original",
  exchange: null,
  routing: "original",
  routingKey: "",
};

export function draftOf(target: ReplayTarget): TargetDraft {
  if (target.to === "exchange")
    return {
      ...NOWHERE,
      connection: target.connection,
      exchange: target.exchange,
      routing: target.routingKey === null ? "original" : "fixed",
      routingKey: target.routingKey ?? "",
    };
  const { partition } = target;
  return {
    ...NOWHERE,
    connection: target.connection,
    topic: target.topic,
    partition: partition.choice,
    partitionNumber: partition.choice === "fixed" ? String(partition.partition) : "",
    time: target.time,
  };
}

/** The default exchange routes by the name of a queue: its key is always one that was entered. */
export function routingOf({ exchange, routing }: TargetDraft): RoutingKind {
  return exchange === "" ? "fixed" : routing;
}

export function parsePartition(text: string): number | null {
  const trimmed = text.trim();
  return /^\d{1,6}$/.test(trimmed) ? Number(trimmed) : null;
}

/** Null while something is missing. */
export function targetOf(draft: TargetDraft, broker: BrokerKind | undefined): ReplayTarget | null {
  const { connection } = draft;
  if (connection === null || broker === undefined) return null;
  if (broker === "rabbitmq") {
    if (draft.exchange === null) return null;
    const fixed = routingOf(draft) === "fixed";
    // Without a queue the default exchange leads nowhere.
    if (fixed && draft.exchange === "" && draft.routingKey === "") return null;
    return {
      to: "exchange",
      connection,
      exchange: draft.exchange,
      routingKey: fixed ? draft.routingKey : null,
    };
  }
  const { time } = draft;
  const topic = draft.topic.trim();
  if (topic === "") return null;
  if (draft.partition !== "fixed")
    return { to: "topic", connection, topic, partition: { choice: draft.partition }, time };
  const partition = parsePartition(draft.partitionNumber);
  if (partition === null) return null;
  return { to: "topic", connection, topic, partition: { choice: "fixed", partition }, time };
}
