import { expect, test } from "vitest";

import { barAt, barOf, spanOf } from "./span";

const histogram = { from: "9007199254740993", width: "60000", counts: [1, 0, 5, 2], untimed: 0 };

test("a span is exact, and the same from either side", () => {
  const span = {
    first: 1,
    last: 2,
    from: "9007199254800993",
    to: "9007199254920993",
    hits: 5,
  };
  expect(spanOf(histogram, { anchor: 1, head: 2 })).toStrictEqual(span);
  expect(spanOf(histogram, { anchor: 2, head: 1 })).toStrictEqual(span);
});

test("a place beyond either end is the bar at that end", () => {
  expect([-1, 0, 0.3, 0.999, 1, 7].map((part) => barAt(part, 4))).toStrictEqual([0, 0, 1, 3, 3, 3]);
  expect(barOf("ArrowRight", 3, 4)).toBe(3);
  expect(barOf("ArrowLeft", 0, 4)).toBe(0);
  expect(barOf("End", 0, 4)).toBe(3);
  expect(barOf("x", 0, 4)).toBeNull();
});
