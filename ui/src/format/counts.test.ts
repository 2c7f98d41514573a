import { describe, expect, it } from "vitest";

import { parseCount } from "./counts";

describe("a typed count", () => {
  it.each([
    ["12", 12],
    [" 12 ", 12],
    ["0", 0],
    ["4,862", 4862],
    ["4 862", 4862],
    ["4\u202f862", 4862],
    ["1.234.567", 1234567],
  ])("reads %j", (text, count) => {
    expect(parseCount(text)).toBe(count);
  });

  it.each([
    "",
    " ",
    "-1",
    "+12",
    "1e3",
    "12.5",
    "1,2",
    "12,34",
    "1,234.567",
    "٣",
    "12a",
    "0x10",
    "99999999999999999999",
  ])("refuses %j", (text) => {
    expect(parseCount(text)).toBeNull();
  });
});
