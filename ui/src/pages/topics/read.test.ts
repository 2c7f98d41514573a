import { describe, expect, test } from "vitest";

import { leftOf } from "./read";

const reached = (covered: string, range: string | null, received = covered) => ({
  covered,
  received,
  range,
});

describe("the time that is left", () => {
  test("runs to the end of the range where that comes before the limit", () => {
    expect(leftOf(reached("1204", "60000"), 100_000, 45_000)).toBeCloseTo(1.307, 3);
  });

  test("runs to the limit where that comes first, at the density seen so far", () => {
    expect(leftOf(reached("2000", "10412887", "1000"), 1500, 1000)).toBeCloseTo(1);
  });

  test("is not told where nothing tells it", () => {
    expect(leftOf(reached("10", null), 500, 1000), "a partition told no offsets").toBeNull();
    expect(leftOf(reached("10", "100"), 500, null), "no rate yet").toBeNull();
    expect(leftOf(reached("0", "100", "0"), 500, 0), "nothing moves").toBeNull();
    expect(leftOf(reached("900", "10000"), 500, 1000), "more came than is needed").toBeNull();
  });

  test("does not round a range beyond what a float can hold into something else than long", () => {
    expect(leftOf(reached("1", "9007199254740993"), 100_000, 1)).toBe(99_999);
  });
});
