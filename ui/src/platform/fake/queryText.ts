//! A little of the language of queries: enough to try the window with. Rust has the whole of it.

import type { ConditionProblem } from "../bindings";
import type { FakeRecord } from "./records";

type Test = (record: FakeRecord) => boolean | null;

interface Word {
  readonly text: string;
  readonly at: number;
}

const NAMES: ReadonlySet<string> = new Set(["value", "key", "header", "size", "partition"]);

function wordsOf(query: string): Word[] {
  return [...query.matchAll(/"(?:[^"\\]|\\.)*"?|[(),]|[<>=!]+|[^\s(),"<>=!]+/g)].map((match) => ({
    text: match[0],
    at: match.index,
  }));
}

const problem = (message: string, { at, text }: Word): ConditionProblem => ({
  message,
  at,
  length: text.length,
});

export function problemOf(query: string): ConditionProblem | null {
  const words = wordsOf(query);
  for (const word of words)
    if (word.text.startsWith('"') && (word.text.length < 2 || !word.text.endsWith('"')))
      return problem("the text that begins here has no end", word);
  let isStart = true;
  for (const word of words) {
    if (word.text === "not" || word.text === "(") continue;
    const name = word.text.split(".")[0] ?? "";
    if (isStart && !NAMES.has(name)) return problem("this is not the name of anything", word);
    isStart = word.text === "and" || word.text === "or";
  }
  if (isStart) return { message: "a condition is missing here", at: query.length, length: 0 };
  return null;
}

/** Null where it cannot be told: bytes that are no text have no fields. */
export function testOf(query: string): Test {
  const wanted = query.split(/\band\b/).map((part) => ({
    not: /^\s*not\b/.test(part),
    inKey: /\bkey\b/.test(part),
    text: /"([^"]*)"/.exec(part)?.[1] ?? "",
  }));
  return (record) => {
    if (record.value?.includes("\u0000") === true) return null;
    return wanted.every(({ not, inKey, text }) => {
      const found = (inKey ? record.key : record.value)?.includes(text) ?? false;
      return found !== not;
    });
  };
}
