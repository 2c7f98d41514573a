//! Sizes. Units are decimal, as the brokers' own tools have them: 1 KB is 1,000 B. French writes
//! octets: `Ko`.

import { fits, formatCount, formatScaled, toBigInt, type Whole } from "./numbers";

const UNITS = [
  [1_000_000_000_000n, "T"],
  [1_000_000_000n, "G"],
  [1_000_000n, "M"],
  [1_000n, "K"],
] as const;

function unitOf(locale: string): string {
  return locale.startsWith("fr") ? "o" : "B";
}

/** `318` → `318 B`, `4915` → `4.9 KB`. Exact below 1,000 bytes. */
export function formatBytes(value: Whole, locale: string): string {
  const byte = unitOf(locale);
  const bytes = toBigInt(value);
  if (bytes === null) return String(value);
  for (const [scale, unit] of UNITS) {
    if (fits(bytes, scale)) return `${formatScaled(bytes, scale, locale)} ${unit}${byte}`;
  }
  return `${formatCount(bytes, locale)} ${byte}`;
}

/** With every digit, for a title: `4,915 B`. */
export function exactBytes(value: Whole, locale: string): string {
  return `${formatCount(value, locale)} ${unitOf(locale)}`;
}
