import { describe, expect, it } from "vitest";

import type { HoldView } from "@/platform/bindings";

import { heldIn, holdOf, summarise, wholeOf, unackedOf } from "./holds";

const hold = (change: Partial<HoldView>): HoldView => ({
  id: "h",
  connection: "c",
  queue: "q",
  mode: "hold",
  phase: "holding",
  rows: 2,
  held: 2,
  remainingSeconds: 60,
  worst: { looks: "unlimited" },
  afterLastLook: { then: "deleted" },
  inLastLook: 0,
  diesWithConnection: 0,
  takeEnd: { end: "complete" },
  released: null,
  end: null,
  ...change,
});

describe("the hold of a queue", () => {
  it("is the one in force, whatever ended before or after it", () => {
    const holds = [
      hold({ id: "old", phase: "ended", held: 0 }),
      hold({ id: "now" }),
      hold({ id: "late", phase: "ended", held: 0 }),
      hold({ id: "other", queue: "other" }),
      hold({ id: "elsewhere", connection: "other" }),
    ];
    expect(holdOf(holds, "c", "q")?.id).toBe("now");
    expect(heldIn(holds, "c", "q")).toBe(2);
  });

  it("is the newest that ended where none is in force", () => {
    const holds = [
      hold({ id: "first", phase: "ended", held: 0 }),
      hold({ id: "second", phase: "ended", held: 0 }),
    ];
    expect(holdOf(holds, "c", "q")?.id).toBe("second");
    expect(holdOf([], "c", "q")).toBeNull();
  });

  it("compares with ready and held, and with nothing where ready is unknown", () => {
    expect(wholeOf({ ready: "4812" }, 50)).toBe(4862n);
    expect(wholeOf({ ready: "18446744073709551615" }, 1)).toBe(18446744073709551616n);
    expect(wholeOf({ ready: null }, 50)).toBeNull();
    expect(wholeOf(undefined, 50)).toBeNull();
  });
});

describe("a hold's summary", () => {
  it("names each situation", () => {
    expect(summarise(hold({ phase: "taking" }))).toBe("taking");
    expect(summarise(hold({}))).toBe("holding");
    expect(summarise(hold({ phase: "ended", held: 0 }))).toBe("ended");
    expect(summarise(hold({ mode: "copy", phase: "ended", held: 0 }))).toBe("copied");
  });
});

describe("what is unacked", () => {
  it.each([
    ["0", 5, null],
    [null, 0, null],
    ["5", 5, 5n],
    ["7", 5, 7n],
    ["0", 0, 0n],
  ])("%s of the broker with %s held here is %s", (unacked, held, known) => {
    expect(unackedOf({ unacked }, held)).toBe(known);
  });
});
