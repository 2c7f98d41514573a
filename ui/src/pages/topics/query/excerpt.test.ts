import fc from "fast-check";
import { expect, test } from "vitest";

import { excerptOf } from "./excerpt";

test("what is wrong stands between what is before and after it", () => {
  expect(excerptOf("value.amount >< 5", 13, 2)).toStrictEqual({
    before: "value.amount ",
    marked: "><",
    after: " 5",
  });
});

test("the end of a query is a place without a text", () => {
  expect(excerptOf("value and", 9, 0)).toStrictEqual({
    before: "value and",
    marked: "",
    after: "",
  });
});

test("any place in any text gives parts of it, bounded, with no character cut in two", () => {
  const places = fc.integer({ min: -5, max: 400 });
  const texts = fc.string({ unit: "binary", maxLength: 300 });
  fc.assert(
    fc.property(texts, places, places, (text, at, length) => {
      const { before, marked, after } = excerptOf(text, at, length);
      for (const part of [before, marked, after]) {
        expect(part.length).toBeLessThanOrEqual(52);
        expect(part).not.toMatch(/\p{Cs}/u);
      }
      const whole = (before + marked + after).replaceAll("…", "");
      fc.pre(!text.includes("…") && marked.length < 48);
      expect(text).toContain(whole);
    }),
  );
});
