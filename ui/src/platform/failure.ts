//! Failures as they cross from Rust: `{code, message, hint}`. Anything else that is thrown is the
//! console's own fault and gets the code `internal`.

import type { Code, Failure } from "./bindings";

/** Every code; the compiler refuses a list that is not the contract's. */
const CODES: Readonly<Record<Code, true>> = {
  name_lookup: true,
  unreachable: true,
  tls: true,
  not_a_broker: true,
  authentication: true,
  authorization: true,
  timeout: true,
  connection_lost: true,
  not_found: true,
  invalid: true,
  read_only: true,
  grant_ended: true,
  changed: true,
  refused: true,
  partly_refused: true,
  unroutable: true,
  too_large: true,
  unsupported: true,
  keyring: true,
  storage: true,
  cancelled: true,
  internal: true,
};

function isCode(text: string): text is Code {
  return Object.hasOwn(CODES, text);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

export function asFailure(error: unknown): Failure {
  if (typeof error === "object" && error !== null && "code" in error && "message" in error) {
    const [code, message] = [textOf(error.code), textOf(error.message)];
    const hint = "hint" in error ? textOf(error.hint) : null;
    if (code !== null && message !== null)
      return { code: isCode(code) ? code : "internal", message, hint };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: "internal", message, hint: null };
}

export const codes = Object.keys(CODES) as Code[];
