import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { NEWEST, parseDraft, parseLimit, parseOffset, parsePartitions, type Draft } from "./draft";

const NOW = Date.UTC(2026, 10, 21, 14, 3, 22, 417);
const context = { topic: "orders", partitions: 12, zone: "utc", all: "all", now: NOW } as const;

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
    expect(parseLimit(text, 100_000)).toBe(limit);
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

const of = (change: Partial<Draft>) => parseDraft({ ...NEWEST, ...change }, context);
const readOf = (change: Partial<Draft>) => {
  const { asked } = of(change);
  if (asked?.by !== "read") throw new Error("this is no read");
  return asked.request;
};
const searchOf = (change: Partial<Draft>) => {
  const { asked } = of({ text: "x", ...change });
  if (asked?.by !== "search") throw new Error("this is no search");
  return asked.request;
};

describe("a read", () => {
  test("of the newest is the one a topic opens with", () => {
    expect(readOf({})).toStrictEqual({
      topic: "orders",
      start: { at: "newest" },
      partitions: null,
      limit: 500,
      committed: true,
    });
  });

  test("from an offset and from a time carries them as text", () => {
    expect(readOf({ start: "offset", offset: "9007199254740993" }).start).toStrictEqual({
      at: "offset",
      offset: "9007199254740993",
    });
    expect(readOf({ start: "time", time: "2026-11-21 14:03:22.417" }).start).toStrictEqual({
      at: "time",
      millis: "1795269802417",
    });
  });

  test("of the last minutes starts at a time that stays where it is", () => {
    expect(readOf({ start: "last", minutes: "15" }).start).toStrictEqual({
      at: "time",
      millis: String(NOW - 15 * 60_000),
    });
    expect([...(of({ start: "last", minutes: "0" }).errors ?? [])]).toStrictEqual(["minutes"]);
  });

  test("names every field that cannot be used", () => {
    const { errors } = of({ start: "offset", offset: "x", partitions: "99", limit: "0" });
    expect([...(errors ?? [])].toSorted()).toStrictEqual(["limit", "offset", "partitions"]);
  });

  test("ignores what is not asked for", () => {
    const unused = { offset: "x", time: "y", hits: "z", end: "time", endTime: "" } as const;
    expect(of({ start: "newest", ...unused }).errors).toBeNull();
  });
});

describe("a search", () => {
  test("of the newest goes through all, from the newest on", () => {
    expect(searchOf({ text: "card_declined" })).toStrictEqual({
      topics: ["orders"],
      partitions: null,
      from: { at: "oldest" },
      to: { at: "now" },
      newestFirst: true,
      committed: true,
      condition: {
        by: "text",
        text: "card_declined",
        caseSensitive: false,
        wholeWord: false,
        places: ["value", "key", "headers"],
      },
      limit: 10_000,
    });
  });

  test("of the last minutes starts at a time that stays where it is", () => {
    const { from, newestFirst } = searchOf({ start: "last", minutes: "90" });
    expect(from).toStrictEqual({ at: "time", millis: String(NOW - 90 * 60_000) });
    expect(newestFirst).toBe(false);
  });

  test("ends where it is told to", () => {
    const time = "2026-11-21 14:03:22.417";
    expect(searchOf({ end: "time", endTime: time }).to).toStrictEqual({
      at: "time",
      millis: "1795269802417",
    });
    expect(searchOf({ end: "offset", endOffset: "9007199254740993" }).to).toStrictEqual({
      at: "offset",
      offset: "9007199254740993",
    });
  });

  test("whose end is not after its start is not started", () => {
    const time = "2026-11-21 14:03:22.417";
    const { errors } = of({ text: "x", start: "time", time, end: "time", endTime: time });
    expect([...(errors ?? [])]).toStrictEqual(["endBefore"]);
  });

  test("is for spaces too, but a query of spaces is a read", () => {
    expect(of({ text: " " }).asked?.by).toBe("search");
    expect(of({ text: " ", mode: "query" }).asked?.by).toBe("read");
  });

  test("takes more hits than a read takes records, up to what Rust takes", () => {
    expect(searchOf({ hits: "10,000,000" }).limit).toBe(10_000_000);
    expect([...(of({ text: "x", hits: "10000001" }).errors ?? [])]).toStrictEqual(["limit"]);
  });

  test("by a pattern or a query carries its text as it is", () => {
    expect(searchOf({ mode: "pattern", text: " ^a+$ ", places: ["key"] }).condition).toStrictEqual({
      by: "pattern",
      pattern: " ^a+$ ",
      caseSensitive: false,
      places: ["key"],
    });
    expect(searchOf({ mode: "query", text: "value is null" }).condition).toStrictEqual({
      by: "query",
      query: "value is null",
    });
  });
});
