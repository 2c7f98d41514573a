import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { exactBytes, formatBytes } from "./bytes";
import { formatCountdown, formatLeft, formatMillis } from "./durations";
import { forPlural, formatApproximate, formatCount, formatRate, share, toBigInt } from "./numbers";
import { printable } from "./printable";
import { everyTime, formatTime, parseTime, zoneName } from "./times";

const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
const EN = "en-GB";

describe("numbers", () => {
  test.each([
    ["9007199254740993", "9,007,199,254,740,993"],
    ["-9223372036854775808", "-9,223,372,036,854,775,808"],
    ["0", "0"],
    ["1204", "1,204"],
    ["not a number", "not a number"],
    ["1e5", "1e5"],
  ])("%s is shown as %s", (value, shown) => {
    expect(formatCount(value, EN)).toBe(shown);
  });

  test("every 64-bit number keeps each of its digits", () => {
    fc.assert(
      fc.property(int64, (value) => {
        expect(formatCount(String(value), EN).replaceAll(",", "")).toBe(String(value));
      }),
    );
  });

  test.each([
    ["0", "0"],
    ["9999", "9,999"],
    ["10000", "10 k"],
    ["10412887", "10.4 M"],
    ["182411", "182 k"],
    ["999499", "999 k"],
    ["999950", "1 M"],
    ["9007199254740993", "9,007 T"],
    ["-25000", "-25 k"],
  ])("about %s is %s", (value, shown) => {
    expect(formatApproximate(value, EN)).toBe(shown);
  });

  test("an approximation is off by half of its last digit at most, at every scale", () => {
    const scales: Record<string, number> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
    const anyScale = fc
      .integer({ min: 4, max: 15 })
      .chain((digits) => fc.bigInt(10n ** BigInt(digits), 10n ** BigInt(digits + 1) - 1n));
    fc.assert(
      fc.property(anyScale, (value) => {
        const [number = "", unit = ""] = formatApproximate(value, EN)
          .replaceAll(",", "")
          .split(" ");
        const scale = scales[unit] ?? 1;
        const lastDigit = Number(number) < 100 ? 0.1 : 1;
        const off = Math.abs(Number(number) - Number(value) / scale);
        expect(off).toBeLessThanOrEqual(lastDigit / 2 + 1e-9);
      }),
    );
  });

  test("French groups with a narrow space and has a decimal comma", () => {
    expect(formatCount("10412887", "fr-FR")).toBe("10\u202f412\u202f887");
    expect(formatApproximate("10412887", "fr-FR")).toBe("10,4 M");
  });

  test.each([
    [0.34, "0.3"],
    [42.4, "42"],
    [1_310_000, "1.3 M"],
    [Number.NaN, ""],
  ])("a rate of %s is %s", (rate, shown) => {
    expect(formatRate(rate, EN)).toBe(shown);
  });

  test("a share stays between nothing and all", () => {
    fc.assert(
      fc.property(int64, int64, (done, total) => {
        const part = share(done, total);
        expect(part).toBeGreaterThanOrEqual(0);
        expect(part).toBeLessThanOrEqual(1);
      }),
    );
    expect(share("3", "4")).toBe(0.75);
    expect(share("1", "0")).toBe(0);
  });

  test("a plural is chosen for any number, also one that Number cannot hold", () => {
    expect(forPlural("1")).toBe(1);
    expect(forPlural("9007199254740993")).toBe(1000);
    expect(toBigInt("12.5")).toBeNull();
    expect(toBigInt(2 ** 60)).toBeNull();
  });
});

describe("sizes", () => {
  test.each([
    ["0", "0 B"],
    ["318", "318 B"],
    ["999", "999 B"],
    ["1000", "1 KB"],
    ["4915", "4.9 KB"],
    ["999499", "999 KB"],
    ["999600", "1 MB"],
    ["20971520", "21 MB"],
  ])("%s bytes are %s", (value, shown) => {
    expect(formatBytes(value, EN)).toBe(shown);
  });

  test("French counts octets", () => {
    expect(formatBytes("4915", "fr-FR")).toBe("4,9 Ko");
    expect(exactBytes("4915", "fr-FR")).toBe("4\u202f915 o");
  });
});

describe("durations", () => {
  test.each([
    [760, "12:40"],
    [0, "0:00"],
    [-3, "0:00"],
    [3700, "1:01:40"],
    [59.2, "1:00"],
  ])("a countdown of %s s is %s", (seconds, shown) => {
    expect(formatCountdown(seconds)).toBe(shown);
  });

  test.each([
    [2.94, "2.9 s"],
    [42.4, "42 s"],
    [357, "5 min 57 s"],
    [7380, "2 h 3 min"],
    [Number.POSITIVE_INFINITY, ""],
  ])("%s s left is %s", (seconds, shown) => {
    expect(formatLeft(seconds, EN)).toBe(shown);
  });

  test.each([
    ["604800000", "7 d"],
    ["86399999", "23 h 59 min"],
    ["90000000", "1 d 1 h"],
    ["86400001", "1 d"],
    ["500", "500 ms"],
    ["0", "0 ms"],
    ["9223372036854775807", "106,751,991,167 d 7 h"],
  ])("%s ms is %s", (millis, shown) => {
    expect(formatMillis(millis, EN, { day: "d" })).toBe(shown);
  });
});

describe("times", () => {
  test.each([
    ["1795269802417", "2026-11-21 14:03:22.417"],
    ["0", "1970-01-01 00:00:00.000"],
    ["-1", "1969-12-31 23:59:59.999"],
    ["9223372036854775807", "9223372036854775807"],
  ])("%s in UTC is %s", (millis, shown) => {
    expect(formatTime(millis, "utc")).toBe(shown);
  });

  test("epoch is the number itself", () => {
    expect(formatTime("1795269802417", "epoch")).toBe("1795269802417");
  });

  test.each(["local", "utc", "epoch"] as const)("what is shown in %s can be typed back", (zone) => {
    fc.assert(
      // From 1970 to 2100; a local clock that is set back shows an hour twice, so whole days only.
      fc.property(fc.integer({ min: 1, max: 47_000 }), (day) => {
        const millis = String(day * 86_400_000 + 43_200_417);
        expect(parseTime(formatTime(millis, zone), zone)).toBe(millis);
      }),
    );
  });

  test.each([
    ["2026-11-21", "1795219200000"],
    ["2026-11-21 14:03", "1795269780000"],
    ["2026-11-21T14:03:22,4", "1795269802400"],
    ["2026-11-21 14:03:22.417+01:00", "1795266202417"],
    ["1795269802417", "1795269802417"],
    ["2026-02-31", null],
    ["2026-13-01", null],
    ["yesterday", null],
    ["", null],
  ])("%s is understood as %s", (text, millis) => {
    expect(parseTime(text, "utc")).toBe(millis);
  });

  test("the exact time shows every zone and the number", () => {
    expect(everyTime("1795269802417")).toContain("2026-11-21 14:03:22.417 UTC\n1795269802417 ms");
    expect(zoneName("utc")).toBe("UTC");
    expect(zoneName("local")).toMatch(/^UTC[+−]\d/);
  });
});

describe("names", () => {
  test("no character that acts survives", () => {
    const acting = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        expect(acting.test(printable(name))).toBe(false);
      }),
    );
  });

  test("a right-to-left override shows as its number", () => {
    expect(printable("invoice\u202efdp.exe\n")).toBe("invoice‹U+202E›fdp.exe␊");
  });
});
