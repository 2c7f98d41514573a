//! How many messages to hold.

import { parseCount } from "@/format";

export const USUAL_HOLD = 50;

/** How many messages to hold, or null where the text is not a number from 1 to `most`. */
export function parseHoldCount(text: string, most: number): number | null {
  const count = parseCount(text);
  return count !== null && count >= 1 && count <= most ? count : null;
}
