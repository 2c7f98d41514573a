//! Looks left, as pips.
//!
//! A pip is one look where the limit allows it, and a share of the limit where it does not. A share
//! never rounds away the truth at the ends: some looks left is never drawn as none, and some spent
//! is never drawn as all.

import type { AfterLastLook, Looks } from "@/platform/bindings";

/** More than this cannot be told apart at a glance. */
export const MOST_PIPS = 20;

export interface Pips {
  readonly full: number;
  readonly empty: number;
}

/** The pips of a counted budget; null where there is nothing to count. */
export function pips(looks: Looks): Pips | null {
  if (looks.looks !== "left") return null;
  const limit = Math.max(0, looks.limit);
  const left = Math.min(Math.max(0, looks.left), limit);
  const shown = Math.min(limit, MOST_PIPS);
  if (shown === 0) return { full: 0, empty: 0 };
  let full = limit <= MOST_PIPS ? left : Math.round((left / limit) * shown);
  if (left > 0) full = Math.max(1, full);
  if (left < limit) full = Math.min(shown - 1, full);
  return { full: left === 0 ? 0 : full, empty: shown - (left === 0 ? 0 : full) };
}

/** What a return without looks left does to a message. */
export type Fate = "deleted" | "deadLettered" | "unknown";

export function fateOf(after: AfterLastLook): Fate {
  switch (after.then) {
    case "deleted":
      return "deleted";
    case "dead_lettered":
      return "deadLettered";
    // A message in its last look of a queue that has none: the two do not go together.
    case "stays":
    case "unknown":
      return "unknown";
  }
}

/** How loud the budget is: colour and nothing else. */
export type LooksTone = "quiet" | "warn" | "bad";

export function toneOf(looks: Looks): LooksTone {
  if (looks.looks !== "left") return "quiet";
  if (looks.left <= 0) return "bad";
  return looks.left <= 3 && looks.left < looks.limit ? "warn" : "quiet";
}
