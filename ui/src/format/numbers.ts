//! Numbers for people. 64-bit values arrive as decimal strings and stay exact: they go through
//! `BigInt`, never through `Number`. An absent value is unknown, which is the caller's word to say.

export type Whole = string | number | bigint;

const formatters = new Map<string, Intl.NumberFormat>();

export function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(locale, options);
  formatters.set(key, made);
  return made;
}

/** Null where the text is not a whole number. */
export function toBigInt(value: Whole): bigint | null {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : null;
  return /^-?\d{1,40}$/.test(value) ? BigInt(value) : null;
}

/** `10412887` → `10,412,887`, exactly. Anything that is no whole number is given back as it is. */
export function formatCount(value: Whole, locale: string): string {
  const whole = toBigInt(value);
  return whole === null ? String(value) : numberFormat(locale, { useGrouping: true }).format(whole);
}

/** Whether `size` is in this unit once it is rounded: 999,500 is 1 M, not 1,000 k. */
export function fits(size: bigint, scale: bigint): boolean {
  return size * 2000n >= scale * 1999n;
}

/** In a unit: one decimal below 100 of it, none above; rounded once. */
export function formatScaled(size: bigint, scale: bigint, locale: string): string {
  const tenths = (size * 10n + scale / 2n) / scale;
  if (tenths < 1000n)
    return numberFormat(locale, { maximumFractionDigits: 1 }).format(Number(tenths) / 10);
  return numberFormat(locale, { maximumFractionDigits: 0 }).format((size + scale / 2n) / scale);
}

/** `10412887` → `10.4 M`. Below 10,000 it is exact. */
export function formatApproximate(value: Whole, locale: string): string {
  const whole = toBigInt(value);
  if (whole === null) return String(value);
  const size = whole < 0n ? -whole : whole;
  if (size < 10_000n) return formatCount(whole, locale);
  const scales = [
    [1_000_000_000_000n, "T"],
    [1_000_000_000n, "G"],
    [1_000_000n, "M"],
    [1_000n, "k"],
  ] as const;
  for (const [scale, unit] of scales) {
    if (!fits(size, scale)) continue;
    const text = formatScaled(size, scale, locale);
    return `${whole < 0n ? "-" : ""}${text} ${unit}`;
  }
  return formatCount(whole, locale);
}

/** A rate a second: one decimal below 10, none above. */
export function formatRate(perSecond: number, locale: string): string {
  if (!Number.isFinite(perSecond)) return "";
  if (perSecond >= 10_000) return formatApproximate(Math.round(perSecond), locale);
  const maximumFractionDigits = perSecond < 10 ? 1 : 0;
  return numberFormat(locale, { maximumFractionDigits }).format(perSecond);
}

/** A number that is only good for choosing a plural form. */
export function forPlural(value: Whole): number {
  const whole = toBigInt(value);
  if (whole === null) return 2;
  return whole >= -1000n && whole <= 1000n ? Number(whole) : 1000;
}

/** How far `done` is of `total`, 0 to 1; 0 where there is no total. */
export function share(done: Whole, total: Whole): number {
  const a = toBigInt(done);
  const b = toBigInt(total);
  if (a === null || b === null || b <= 0n) return 0;
  return Math.min(1, Math.max(0, Number((a * 10_000n) / b) / 10_000));
}
