//! Failures in the language of the window. What happened comes from Rust in English, since it names
//! objects and quotes brokers; its code says it in every language, with the next step.

import { printable } from "@/format";
import type { Text } from "@/i18n";
import type { Failure } from "@/platform/bindings";

/** Whether what Rust writes is in the language of the window. */
export function isOurs({ language }: Text): boolean {
  return language === "en";
}

/**
 * What happened, with a full stop: `localhost:9093 does not answer.` It may begin with a host, a
 * topic or a file, and no letter of those is ever changed; so nothing gets a capital.
 */
export function messageOf({ message }: Failure): string {
  return stopped(printable(message.trim()));
}

/** The next step: Rust's own words begin it, so it gets its capital. */
export function hintOf(hint: string): string {
  const [first = "", ...rest] = printable(hint.trim());
  return stopped(first.toUpperCase() + rest.join(""));
}

function stopped(text: string): string {
  return /[.!?…]$/u.test(text) ? text : `${text}.`;
}

/** What Rust says: what happened, and where there is one, the next step. */
export function detailOf(failure: Failure): string {
  const message = messageOf(failure);
  return failure.hint === null ? message : `${message} ${hintOf(failure.hint)}`;
}

/** One phrase, for a toast, a tooltip or the end of a sentence. */
export function failureText(text: Text, failure: Failure): string {
  return withDetail(text, text.t(`failure.${failure.code}`), failure.message);
}

/** The same of anything else that Rust says: `what` is the window's word for it. */
export function withDetail(text: Text, what: string, said: string): string {
  const detail = printable(said);
  return isOurs(text) ? detail : text.t("failure.withDetail", { what, detail });
}
