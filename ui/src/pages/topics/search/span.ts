//! Spans of a histogram, in exact time.

import type { Histogram } from "@/platform/bindings";

/** Bars, both included, in either order. */
export interface Chosen {
  readonly anchor: number;
  readonly head: number;
}

export interface Span {
  readonly first: number;
  readonly last: number;
  /** Milliseconds since the epoch. */
  readonly from: string;
  /** The first that are not of it. */
  readonly to: string;
  readonly hits: number;
}

export function spanOf({ from, width, counts }: Histogram, { anchor, head }: Chosen): Span {
  const first = Math.min(anchor, head);
  const last = Math.max(anchor, head);
  return {
    first,
    last,
    from: String(BigInt(from) + BigInt(width) * BigInt(first)),
    to: String(BigInt(from) + BigInt(width) * BigInt(last + 1)),
    hits: counts.slice(first, last + 1).reduce((sum, count) => sum + count, 0),
  };
}

/** The bar at a part of the whole, 0 to 1. */
export function barAt(part: number, bars: number): number {
  return Math.min(bars - 1, Math.max(0, Math.floor(part * bars)));
}

/** Where a key leads; null where it is none of these. */
export function barOf(key: string, bar: number, bars: number): number | null {
  const clamp = (to: number): number => Math.min(bars - 1, Math.max(0, to));
  switch (key) {
    case "ArrowLeft":
      return clamp(bar - 1);
    case "ArrowRight":
      return clamp(bar + 1);
    case "PageUp":
      return clamp(bar - 10);
    case "PageDown":
      return clamp(bar + 10);
    case "Home":
      return 0;
    case "End":
      return bars - 1;
    default:
      return null;
  }
}
