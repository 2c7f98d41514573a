//! Formatters bound to the chosen language and time zone.

import { useMemo } from "react";

import { useText } from "@/i18n";
import { usePreferences, type Zone } from "@/preferences";

import { exactBytes, formatBytes } from "./bytes";
import { formatLeft, formatMillis } from "./durations";
import { formatApproximate, formatCount, formatRate, type Whole } from "./numbers";
import { formatTime } from "./times";

export { parseCount } from "./counts";
export { formatCountdown } from "./durations";
export { forPlural, share, toBigInt, type Whole } from "./numbers";
export { printable } from "./printable";
export { everyTime, parseTime, zoneName } from "./times";

export interface Format {
  readonly zone: Zone;
  count(value: Whole): string;
  approximate(value: Whole): string;
  rate(perSecond: number): string;
  bytes(value: Whole): string;
  exactBytes(value: Whole): string;
  left(seconds: number): string;
  millis(value: Whole): string;
  time(millis: Whole): string;
}

export function useFormat(): Format {
  const { locale, language } = useText();
  const { zone } = usePreferences();
  return useMemo(
    () => ({
      zone,
      count: (value) => formatCount(value, locale),
      approximate: (value) => formatApproximate(value, locale),
      rate: (perSecond) => formatRate(perSecond, locale),
      bytes: (value) => formatBytes(value, locale),
      exactBytes: (value) => exactBytes(value, locale),
      left: (seconds) => formatLeft(seconds, locale),
      millis: (value) => formatMillis(value, locale, { day: language === "fr" ? "j" : "d" }),
      time: (millis) => formatTime(millis, zone),
    }),
    [locale, language, zone],
  );
}
