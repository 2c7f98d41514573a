//! The part of a query around what is wrong with it.

export interface Excerpt {
  readonly before: string;
  /** Empty where the place is between characters, as at the end. */
  readonly marked: string;
  readonly after: string;
}

/** Characters on either side. */
const AROUND = 24;
const MOST_MARKED = 48;

const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Never between the two halves of a character, never beyond the text. */
function within(text: string, at: number): number {
  const place = Math.min(text.length, Math.max(0, Math.trunc(at)));
  return place > 0 && place < text.length && isLow(text.charCodeAt(place)) ? place - 1 : place;
}

/** `at` and `length` are in UTF-16 units; what lies outside of the text is its end. */
export function excerptOf(text: string, at: number, length: number): Excerpt {
  const from = within(text, at);
  const wanted = within(text, at + Math.max(0, length));
  const to = wanted - from > MOST_MARKED ? within(text, from + MOST_MARKED) : wanted;
  const start = within(text, from - AROUND);
  const end = within(text, to + AROUND);
  return {
    before: (start > 0 ? "…" : "") + text.slice(start, from),
    marked: text.slice(from, to) + (to < wanted ? "…" : ""),
    after: text.slice(to, end) + (end < text.length ? "…" : ""),
  };
}
