//! Counts that people type.

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
