//! What of a record goes to the clipboard.

import type { RecordDetail, Rendered } from "@/platform/bindings";

/** More would block the desktop's clipboard for everyone. Bytes. */
export const MOST_COPIED = 8_000_000n;

/** Symbols that Rust puts in the place of characters that act; see `message::render`. */
const SYMBOL = /[\u2400-\u241f\u2421]|‹U\+[0-9A-F]{4,6}›/;

export type Copied =
  | { readonly kind: "exact" | "hex" | "symbols"; readonly text: string }
  | { readonly kind: "null" | "empty" };

export function copied(part: Rendered): Copied {
  if (part.form === null) return { kind: "null" };
  if (part.totalBytes === "0") return { kind: "empty" };
  if (part.form === "hex") return { kind: "hex", text: part.text };
  return { kind: SYMBOL.test(part.text) ? "symbols" : "exact", text: part.text };
}

const shown = (part: Rendered): string | null => (part.form === null ? null : part.text);

/** The record as it is shown. Numbers of 64 bits are texts, so that no reader rounds them. */
export function shownAsJson(record: RecordDetail): string {
  return JSON.stringify(
    {
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      timestamp: record.timestamp,
      timestampType: record.timestampType,
      key: shown(record.key),
      value: shown(record.value),
      headers: record.headers.map(({ name, value }) => ({ name, value: shown(value) })),
    },
    null,
    2,
  );
}
