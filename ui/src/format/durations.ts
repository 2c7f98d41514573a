//! Spans of time.

import { formatCount, numberFormat, toBigInt, type Whole } from "./numbers";

/** A countdown: `760` → `12:40`, `3700` → `1:01:40`. */
export function formatCountdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  const s = String(whole % 60).padStart(2, "0");
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

/** What is left of some work: `2.9 s`, `5 min 57 s`, `2 h 3 min`. */
export function formatLeft(seconds: number, locale: string): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "";
  if (seconds < 10)
    return `${numberFormat(locale, { maximumFractionDigits: 1 }).format(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return joined([minutes, "min"], [whole % 60, "s"]);
  return joined([Math.floor(minutes / 60), "h"], [minutes % 60, "min"]);
}

function joined(...parts: (readonly [number, string])[]): string {
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ");
}

export interface DayUnit {
  /** The letter for a day: `d`, in French `j`. */
  readonly day: string;
}

/** A setting in milliseconds in its two largest units: `604800000` → `7 d`. */
export function formatMillis(value: Whole, locale: string, units: DayUnit): string {
  const millis = toBigInt(value);
  if (millis === null) return String(value);
  const scales = [
    [86_400_000n, units.day],
    [3_600_000n, "h"],
    [60_000n, "min"],
    [1_000n, "s"],
    [1n, "ms"],
  ] as const;
  if (millis <= 0n) return `${formatCount(millis, locale)} ms`;
  const parts: string[] = [];
  let rest = millis;
  for (const [scale, unit] of scales) {
    if (parts.length === 2) break;
    const amount = rest / scale;
    if (amount > 0n) parts.push(`${formatCount(amount, locale)} ${unit}`);
    // The second unit must be the neighbour of the first: "7 d 3 ms" helps nobody.
    else if (parts.length === 1) break;
    rest %= scale;
  }
  return parts.join(" ");
}
