//! What the list of holds means for one queue.

import type { HoldFates, HoldView, QueueFacts } from "@/platform/bindings";

/** The hold to show for a queue: the one in force, else the newest that ended. */
export function holdOf(
  holds: readonly HoldView[],
  connection: string,
  queue: string,
): HoldView | null {
  const here = holds.filter((hold) => hold.connection === connection && hold.queue === queue);
  return here.find((hold) => hold.phase !== "ended") ?? here.at(-1) ?? null;
}

/** The holds of a queue that ended: what its list is made of once none is in force. */
export function endedOf(
  holds: readonly HoldView[],
  connection: string,
  queue: string,
): readonly HoldView[] {
  return holds.filter(
    (hold) => hold.connection === connection && hold.queue === queue && hold.phase === "ended",
  );
}

/** Why no more can be taken of a hold; null where it can. */
export type Full = "taking" | "released" | "full";

export function fullOf(hold: HoldView, most: number): Full | null {
  if (hold.phase === "taking") return "taking";
  if (hold.released !== null) return "released";
  return hold.rows >= most ? "full" : null;
}

/** Messages of a queue that are held now. */
export function heldIn(holds: readonly HoldView[], connection: string, queue: string): number {
  return holds
    .filter((hold) => hold.connection === connection && hold.queue === queue)
    .reduce((sum, hold) => sum + hold.held, 0);
}

/**
 * The whole that a part of the held messages is compared with: what is ready and what is held by
 * this console. What other consumers hold is not in it: nobody can remove that here.
 */
export function wholeOf(facts: Pick<QueueFacts, "ready"> | undefined, held: number): bigint | null {
  const ready = facts?.ready;
  return ready === null || ready === undefined ? null : BigInt(ready) + BigInt(held);
}

/** What a hold amounts to, for its banner. */
export type HoldSummary =
  | "taking"
  | "holding"
  /** Messages were copied and returned at once: all of them. */
  | "copied"
  | "ended";

export function summarise(hold: HoldView): HoldSummary {
  if (hold.phase === "taking") return "taking";
  if (hold.mode === "copy" && hold.rows > 0 && hold.fates.returned === hold.rows) return "copied";
  return hold.phase === "ended" ? "ended" : "holding";
}

/**
 * How many messages of a queue are unacked; null where that is not known. Rust keeps back what may
 * be from before the last settlement; here fewer than what is held is a figure from before that.
 */
export function unackedOf(facts: Pick<QueueFacts, "unacked">, held: number): bigint | null {
  const { unacked } = facts;
  return unacked === null || BigInt(unacked) < BigInt(held) ? null : BigInt(unacked);
}

/** What became of messages, as far as people tell it apart. */
export type Fate = "back" | "removed" | "deadLettered" | "deletedByLimit" | "deleted" | "unknown";

/** How many messages of a hold became what; nothing with none. */
export function tallyOf(fates: HoldFates): readonly (readonly [Fate, number])[] {
  const all: readonly (readonly [Fate, number])[] = [
    ["back", fates.returned + fates.backAtBroker],
    ["removed", fates.acknowledged],
    ["deadLettered", fates.deadLettered],
    ["deletedByLimit", fates.deletedByLimit],
    ["deleted", fates.deleted],
    ["unknown", fates.unaccounted + fates.unsure],
  ];
  return all.filter(([, count]) => count > 0);
}

/** How long messages would be held at most, and what ends it then. */
export interface Longest {
  readonly until: "broker" | "unlock" | "held";
  readonly seconds: number;
}

/** The first of what ends a hold: the broker's patience, the unlock, and the hold in force. */
export function longestOf(broker: number, unlock: number | null, held: number | null): Longest {
  const ends: readonly Longest[] = [
    // First, because it is told where something ends with it: what is added lasts no longer.
    ...(held === null ? [] : [{ until: "held", seconds: held } as const]),
    { until: "broker", seconds: broker },
    ...(unlock === null ? [] : [{ until: "unlock", seconds: unlock } as const]),
  ];
  return ends.reduce((first, end) => (end.seconds < first.seconds ? end : first));
}
