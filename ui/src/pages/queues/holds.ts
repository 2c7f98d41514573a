//! What the list of holds means for one queue.

import type { HoldView, QueueFacts } from "@/platform/bindings";

/** The hold to show for a queue: the one in force, else the newest that ended. */
export function holdOf(
  holds: readonly HoldView[],
  connection: string,
  queue: string,
): HoldView | null {
  const here = holds.filter((hold) => hold.connection === connection && hold.queue === queue);
  return here.find((hold) => hold.phase !== "ended") ?? here.at(-1) ?? null;
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
  /** The messages were copied and returned at once. */
  | "copied"
  | "ended";

export function summarise(hold: HoldView): HoldSummary {
  if (hold.phase === "taking") return "taking";
  if (hold.mode === "copy") return "copied";
  return hold.phase === "ended" ? "ended" : "holding";
}

/**
 * How many messages of a queue are unacked; null where that is not known. The broker's statistics
 * are some seconds old: fewer than what is held here is a figure from before it was held.
 */
export function unackedOf(facts: Pick<QueueFacts, "unacked">, held: number): bigint | null {
  const { unacked } = facts;
  return unacked === null || BigInt(unacked) < BigInt(held) ? null : BigInt(unacked);
}
