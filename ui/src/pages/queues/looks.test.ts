import { describe, expect, it } from "vitest";

import { fateOf, pips, toneOf } from "./looks";

const left = (count: number, limit: number) => ({ looks: "left", left: count, limit }) as const;

describe("pips", () => {
  it("draws one pip a look up to twenty", () => {
    expect(pips(left(17, 20))).toEqual({ full: 17, empty: 3 });
    expect(pips(left(3, 3))).toEqual({ full: 3, empty: 0 });
    expect(pips(left(0, 20))).toEqual({ full: 0, empty: 20 });
  });

  it("draws shares of a larger limit without rounding the ends away", () => {
    expect(pips(left(1, 1000))).toEqual({ full: 1, empty: 19 });
    expect(pips(left(999, 1000))).toEqual({ full: 19, empty: 1 });
    expect(pips(left(1000, 1000))).toEqual({ full: 20, empty: 0 });
    expect(pips(left(0, 1000))).toEqual({ full: 0, empty: 20 });
    expect(pips(left(500, 1000))).toEqual({ full: 10, empty: 10 });
  });

  it("survives counts that cannot be", () => {
    expect(pips(left(25, 20))).toEqual({ full: 20, empty: 0 });
    expect(pips(left(-1, 20))).toEqual({ full: 0, empty: 20 });
    expect(pips(left(0, 0))).toEqual({ full: 0, empty: 0 });
  });

  it("draws nothing where nothing is counted", () => {
    expect(pips({ looks: "unlimited" })).toBeNull();
    expect(pips({ looks: "unknown", spent: 2 })).toBeNull();
  });
});

describe("a spent budget", () => {
  it("deletes where there is no dead-letter target", () => {
    expect(fateOf({ then: "deleted" })).toBe("deleted");
    expect(fateOf({ then: "dead_lettered", exchange: "dlx", routingKey: null })).toBe(
      "deadLettered",
    );
    expect(fateOf({ then: "unknown" })).toBe("unknown");
  });

  it("is announced from three looks on, but not on a fresh message of a small limit", () => {
    expect(toneOf(left(4, 20))).toBe("quiet");
    expect(toneOf(left(3, 20))).toBe("warn");
    expect(toneOf(left(2, 2))).toBe("quiet");
    expect(toneOf(left(0, 2))).toBe("bad");
    expect(toneOf({ looks: "unknown", spent: 2 })).toBe("quiet");
  });
});
