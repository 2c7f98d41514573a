//! Files of text that a person chooses, read in the webview: nothing but their text goes further.

import type { MessageKey } from "@/i18n";

/** A certificate chain is a few kilobytes; more than this is another file. */
const MOST_BYTES = 1_000_000;

export type Chosen =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly key: Extract<
        MessageKey,
        "connections.field.pem.tooLarge" | "connections.field.pem.unreadable"
      >;
    };

export async function readChosen(file: File): Promise<Chosen> {
  if (file.size > MOST_BYTES) return { ok: false, key: "connections.field.pem.tooLarge" };
  try {
    return { ok: true, text: await file.text() };
  } catch {
    return { ok: false, key: "connections.field.pem.unreadable" };
  }
}

/** How many certificates a PEM text holds. */
export function certificates(text: string): number {
  return text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/gu)?.length ?? 0;
}
