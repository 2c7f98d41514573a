import { describe, expect, test } from "vitest";

import type { PassedOver, SearchCoverage, SearchEnd } from "@/platform/bindings";
import { fail } from "@/platform/fake/world";

import { covering } from "../testing";
import { endingOf, passedOver, proofOf } from "./words";

const span = (offset: string, last = offset): PassedOver => ({
  topic: "orders",
  partition: 0,
  offset,
  last,
  failure: fail("internal", "it ended the process"),
});

describe("no hits", () => {
  test("are proven where every offset was looked at and every record told", () => {
    expect(proofOf(covering(), 0)).toBe("whole");
    expect(endingOf(covering(), 0, 0)).toBe("search.none.whole");
  });

  const ends: SearchEnd[] = [
    "limit",
    "stopped",
    "byte_cap",
    "time_cap",
    "partitions_offline",
    "incomplete",
  ];
  const lesser: Partial<SearchCoverage>[] = [
    ...ends.map((end) => ({ end })),
    { goesOn: true },
    { range: null },
    { covered: "999" },
    { covered: "nonsense" },
    { partitions: [{ topic: "orders", partition: 3 }] },
    { failure: fail("timeout", "broker 2 does not answer") },
    { passedOver: [span("4")] },
    { alreadyGone: "1" },
  ];
  test.each(lesser)("are not proven with %j", (part) => {
    expect(proofOf(covering(part), 0)).not.toBe("whole");
    expect(endingOf(covering(part), 0, 0)).not.toBe("search.none.whole");
    expect(endingOf(covering(part), 7, 0)).not.toBe("search.all.whole");
  });

  test("are not proven while one record could not be told", () => {
    expect(proofOf(covering(), 1)).toBe("undecided");
    expect(endingOf(covering(), 0, 1)).toBe("search.none.undecided");
  });

  test("among what could be read are said only where all of it was looked at", () => {
    expect(proofOf(covering({ end: "stopped" }), 3)).toBe("partial");
    expect(proofOf(covering({ passedOver: [span("4")], covered: "998" }), 3)).toBe("partial");
  });

  test("of a range of nothing are not a proof about offsets", () => {
    expect(endingOf(covering({ range: "0", covered: "0" }), 0, 0)).toBe("search.end.nothing");
  });

  test("an end that calls itself exhausted and is not is called neither", () => {
    expect(endingOf(covering({ covered: "999" }), 0, 0)).toBe("search.end.unproven");
  });
});

test("what was passed over is counted exactly, and never as less than one", () => {
  expect(passedOver([span("9007199254740992", "9007199254740993"), span("7")])).toBe(3n);
  expect(passedOver([span("7", "3")])).toBe(1n);
});
