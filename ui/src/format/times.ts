//! Points in time, in the one zone that was chosen for the whole app, always with milliseconds.
//!
//! They are written as `2026-11-21 14:03:22.417` in every language: they are data, sort as text and
//! can be compared with a log. A time outside what the calendar can show is given as its number.

import type { Zone } from "@/preferences";

import { toBigInt, type Whole } from "./numbers";

/** The last millisecond that `Date` knows, either side of 1970. */
const LIMIT = 8_640_000_000_000_000n;

function dateOf(millis: Whole): Date | null {
  const whole = toBigInt(millis);
  if (whole === null || whole > LIMIT || whole < -LIMIT) return null;
  return new Date(Number(whole));
}

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");

/** `2026-11-21 14:03:22.417`, or the milliseconds themselves for `epoch`. */
export function formatTime(millis: Whole, zone: Zone): string {
  const date = dateOf(millis);
  if (date === null || zone === "epoch") return String(millis);
  if (zone === "utc") return date.toISOString().replace("T", " ").replace("Z", "");
  const day = `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return `${day} ${clock}.${pad(date.getMilliseconds(), 3)}`;
}

/** For a title: the same time in every zone, and its number. */
export function everyTime(millis: Whole): string {
  const date = dateOf(millis);
  if (date === null) return String(millis);
  const local = `${formatTime(millis, "local")} ${zoneName("local", Number(toBigInt(millis)))}`;
  return `${local}\n${formatTime(millis, "utc")} UTC\n${String(millis)} ms`;
}

/** `UTC+1`, `UTC+5:30`, `UTC`, `epoch`. */
export function zoneName(zone: Zone, at: number = Date.now()): string {
  if (zone === "epoch") return "epoch";
  if (zone === "utc") return "UTC";
  const offset = -new Date(at).getTimezoneOffset();
  if (offset === 0) return "UTC+0";
  const size = Math.abs(offset);
  const minutes = size % 60 === 0 ? "" : `:${pad(size % 60)}`;
  return `UTC${offset < 0 ? "−" : "+"}${Math.floor(size / 60)}${minutes}`;
}

/**
 * What a person typed, as milliseconds: a number for `epoch`, else `2026-11-21 14:03[:22[.417]]` in
 * the chosen zone, or any ISO time with a zone of its own. Null where it is no time.
 */
export function parseTime(text: string, zone: Zone): string | null {
  const trimmed = text.trim();
  if (/^-?\d{5,17}$/.test(trimmed)) return trimmed;
  const parts =
    /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,3}))?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(
      trimmed,
    );
  if (parts === null) return null;
  const [, y, mo, d, h = "00", mi = "00", s = "00", fraction = "0", own] = parts;
  const suffix = own ?? (zone === "local" ? "" : "Z");
  const iso = `${y}-${mo}-${d}T${h}:${mi}:${s}.${fraction.padEnd(3, "0")}${suffix}`;
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return null;
  // `2026-02-31` must not silently become March.
  if (Number(d) > new Date(Date.UTC(Number(y), Number(mo), 0)).getUTCDate()) return null;
  return String(date.getTime());
}
