import { expect, it } from "vitest";

import { parseHoldCount } from "./counts";

it("holds from 1 to 1000", () => {
  expect(parseHoldCount("1", 1000)).toBe(1);
  expect(parseHoldCount("1,000", 1000)).toBe(1000);
  expect(parseHoldCount("0", 1000)).toBeNull();
  expect(parseHoldCount("1001", 1000)).toBeNull();
});
