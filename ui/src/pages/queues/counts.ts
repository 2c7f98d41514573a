//! Counts that people type.

export const USUAL_HOLD = 50;

/**
 * A whole number as people write it, with the separators that the console itself shows between
 * thousands (a comma, a point, a space, an apostrophe). Null for anything else.
 */
export function parseCount(text: string): number | null {
  const trimmed = text.trim();
  const grouped = /^\d{1,3}(?:([,.\u0020\u00a0\u202f'’])\d{3})(?:\1\d{3})*$/u.test(trimmed);
  if (!grouped && !/^\d+$/u.test(trimmed)) return null;
  const count = Number(trimmed.replace(/\D/gu, ""));
  return Number.isSafeInteger(count) ? count : null;
}

/** How many messages to hold, or null where the text is not a number from 1 to `most`. */
export function parseHoldCount(text: string, most: number): number | null {
  const count = parseCount(text);
  return count !== null && count >= 1 && count <= most ? count : null;
}
