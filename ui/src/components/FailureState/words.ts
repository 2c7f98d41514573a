//! Failures in the language of the window. What happened comes from Rust in English, since it names
//! objects and quotes brokers; its code says it in every language, with the next step.

import { printable } from "@/format";
import type { Text } from "@/i18n";
import type { Failure } from "@/platform/bindings";

/** Whether what Rust writes is in the language of the window. */
export function isOurs({ language }: Text): boolean {
  return language === "en";
}

/** `the topic x is gone` → `The topic x is gone.` */
export function sentence(text: string): string {
  const shown = printable(text.trim());
  const [first = "", ...rest] = shown;
  const full = first.toUpperCase() + rest.join("");
  return /[.!?…]$/.test(full) ? full : `${full}.`;
}

/** What Rust says: what happened, and where there is one, the next step. */
export function detailOf({ message, hint }: Failure): string {
  return hint === null ? sentence(message) : `${sentence(message)} ${sentence(hint)}`;
}

/** One phrase, for a toast, a tooltip or the end of a sentence. */
export function failureText(text: Text, failure: Failure): string {
  const message = printable(failure.message);
  if (isOurs(text)) return message;
  return text.t("failure.withDetail", { what: text.t(`failure.${failure.code}`), detail: message });
}
