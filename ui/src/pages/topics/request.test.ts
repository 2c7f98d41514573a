import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  NEWEST,
  parseDraft,
  parseLimit,
  parseOffset,
  parsePartitions,
  type Draft,
} from "./request";

const context = { topic: "orders", partitions: 12, zone: "utc", all: "all" } as const;

describe("partitions", () => {
  test.each([
    ["", null],
    ["all", null],
    ["ALL", null],
    ["7", [7]],
    ["3, 0 5-7;6", [0, 3, 5, 6, 7]],
    ["11", [11]],
    ["12", undefined],
    ["7-5", undefined],
    ["a", undefined],
    ["-1", undefined],
    ["0-999999999", undefined],
  ])("%j is %j", (text, partitions) => {
    expect(parsePartitions(text, 12, "all")).toStrictEqual(partitions);
  });

  test("the word for all is that of the language", () => {
    expect(parsePartitions("toutes", 12, "toutes")).toBeNull();
    expect(parsePartitions("toutes", 12, "all")).toBeUndefined();
  });
});

describe("numbers", () => {
  test.each([
    ["500", 500],
    ["100,000", 100_000],
    ["100\u202f000", 100_000],
    ["100001", null],
    ["0", null],
    ["-5", null],
    ["1.5", null],
    ["", null],
  ])("the limit %j is %j", (text, limit) => {
    expect(parseLimit(text)).toBe(limit);
  });

  test("every offset of 64 bits stays exact, and none beyond is taken", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 63n - 1n), (offset) => {
        expect(parseOffset(offset.toString())).toBe(offset.toString());
        expect(parseOffset(offset.toLocaleString("en"))).toBe(offset.toString());
      }),
    );
    expect(parseOffset("9223372036854775808")).toBeNull();
    expect(parseOffset("-1")).toBeNull();
  });
});

describe("a request", () => {
  const of = (change: Partial<Draft>) => parseDraft({ ...NEWEST, ...change }, context);

  test("of the newest is the one a topic opens with", () => {
    expect(of({}).request).toStrictEqual({
      topic: "orders",
      start: { at: "newest" },
      partitions: null,
      limit: 500,
      committed: true,
    });
  });

  test("from an offset and from a time carries them as text", () => {
    expect(of({ start: "offset", offset: "9007199254740993" }).request?.start).toStrictEqual({
      at: "offset",
      offset: "9007199254740993",
    });
    expect(of({ start: "time", time: "2026-11-21 14:03:22.417" }).request?.start).toStrictEqual({
      at: "time",
      millis: "1795269802417",
    });
  });

  test("names every field that cannot be used", () => {
    const { errors } = of({ start: "offset", offset: "x", partitions: "99", limit: "0" });
    expect([...(errors ?? [])].toSorted()).toStrictEqual(["limit", "offset", "partitions"]);
  });

  test("ignores what is not asked for", () => {
    expect(of({ start: "newest", offset: "x", time: "y" }).errors).toBeNull();
  });
});
