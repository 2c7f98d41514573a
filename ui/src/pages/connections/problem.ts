//! A validation problem as the one string that a form library carries: the id of a message and,
//! after a separator, the piece of text that is wrong. The field turns it into words.

import type { connections } from "@/i18n/en/connections";

type Key = keyof typeof connections;
export type ProblemId = Extract<Key, `connections.problem.${string}`>;

const SEPARATOR = "\u001f";

export function problem(id: ProblemId, entry = ""): string {
  return entry === "" ? id : `${id}${SEPARATOR}${entry}`;
}

export function readProblem(text: string): { id: ProblemId; entry: string } {
  const [id = "", ...rest] = text.split(SEPARATOR);
  // Every message of the schema comes from `problem`.
  return { id: id as ProblemId, entry: rest.join(SEPARATOR) };
}
