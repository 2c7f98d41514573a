import { describe, expect, it } from "vitest";

import type { HoldFates, HoldView } from "@/platform/bindings";

import {
  endedOf,
  fullOf,
  heldIn,
  holdOf,
  longestOf,
  summarise,
  tallyOf,
  unackedOf,
  wholeOf,
} from "./holds";

const fates = (change: Partial<HoldFates> = {}): HoldFates => ({
  returned: 0,
  acknowledged: 0,
  backAtBroker: 0,
  deleted: 0,
  deadLettered: 0,
  deletedByLimit: 0,
  unaccounted: 0,
  unsure: 0,
  ...change,
});

const hold = (change: Partial<HoldView>): HoldView => ({
  id: "h",
  connection: "c",
  queue: "q",
  mode: "hold",
  phase: "holding",
  rows: 2,
  held: 2,
  fates: fates(),
  remainingSeconds: 60,
  until: "time",
  worst: { looks: "unlimited" },
  afterLastLook: { then: "deleted" },
  inLastLook: 0,
  diesWithConnection: 0,
  takeEnd: { end: "complete" },
  released: null,
  stuck: null,
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

  it("leaves every ended one of the queue to be cleared", () => {
    const holds = [
      hold({ id: "first", phase: "ended", held: 0 }),
      hold({ id: "elsewhere", phase: "ended", held: 0, queue: "other" }),
      hold({ id: "second", phase: "ended", held: 0 }),
      hold({ id: "now" }),
    ];
    expect(endedOf(holds, "c", "q").map(({ id }) => id)).toEqual(["first", "second"]);
  });

  it("takes more only where Rust takes more", () => {
    expect(fullOf(hold({ rows: 999 }), 1000)).toBeNull();
    expect(fullOf(hold({ rows: 1000 }), 1000)).toBe("full");
    expect(fullOf(hold({ phase: "taking" }), 1000)).toBe("taking");
    expect(fullOf(hold({ released: "asked", rows: 1000 }), 1000)).toBe("released");
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
    const copied = hold({ mode: "copy", phase: "ended", held: 0, fates: fates({ returned: 2 }) });
    expect(summarise(copied)).toBe("copied");
  });

  it("says copied only where all of it was returned", () => {
    const none = { mode: "copy", phase: "ended", rows: 0, held: 0 } as const;
    expect(summarise(hold(none))).toBe("ended");
    const kept = { mode: "copy", held: 1, fates: fates({ returned: 1 }) } as const;
    expect(summarise(hold({ ...kept }))).toBe("holding");
    const lost = fates({ returned: 1, deletedByLimit: 1 });
    expect(summarise(hold({ mode: "copy", phase: "ended", held: 0, fates: lost }))).toBe("ended");
  });

  it("counts each fate once, and none that nobody had", () => {
    expect(tallyOf(fates({ returned: 3, backAtBroker: 1, acknowledged: 1 }))).toEqual([
      ["back", 4],
      ["removed", 1],
    ]);
    const lost = { deadLettered: 2, deletedByLimit: 3, deleted: 4, unaccounted: 5, unsure: 6 };
    expect(tallyOf(fates(lost))).toEqual([
      ["deadLettered", 2],
      ["deletedByLimit", 3],
      ["deleted", 4],
      ["unknown", 11],
    ]);
    expect(tallyOf(fates())).toEqual([]);
  });
});

describe("how long messages are held at most", () => {
  it.each([
    [1440, null, null, "broker", 1440],
    [1440, 899, null, "unlock", 899],
    [600, 899, null, "broker", 600],
    [1440, 899, 700, "held", 700],
    [1440, null, 1300, "held", 1300],
    [1440, 1440, null, "broker", 1440],
    [1440, null, 1440, "held", 1440],
    [1440, 1440, 1440, "held", 1440],
  ])("broker %s, unlock %s, held %s: until %s", (broker, unlock, held, until, seconds) => {
    expect(longestOf(broker, unlock, held)).toEqual({ until, seconds });
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
