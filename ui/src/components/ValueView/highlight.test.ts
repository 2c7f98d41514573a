import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { patternOf } from "./highlight";

const found = (text: string, within: string, how = {}): string[] => {
  const pattern = patternOf({ text, caseSensitive: false, wholeWord: false, ...how });
  return pattern === null ? [] : [...within.matchAll(pattern)].map(([match]) => match);
};

describe("what is marked", () => {
  test("is the text, in either case unless the case matters", () => {
    expect(found("card", "Card card")).toStrictEqual(["Card", "card"]);
    expect(found("card", "Card card", { caseSensitive: true })).toStrictEqual(["card"]);
  });

  test("is a whole word where that is asked for", () => {
    expect(found("card", "card cards _card écard card-x", { wholeWord: true })).toHaveLength(2);
  });

  test("is the text itself, whatever it would mean as a pattern", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), (text) => {
        expect(found(text, `${text}`, { caseSensitive: true })).toStrictEqual([text]);
      }),
    );
    expect(found("(a+)+$", "aaaa (a+)+$")).toStrictEqual(["(a+)+$"]);
  });

  test("is nothing for nothing, and for what nobody types", () => {
    expect(found("", "abc")).toStrictEqual([]);
    expect(found("a".repeat(1001), "a".repeat(2000))).toStrictEqual([]);
  });
});
