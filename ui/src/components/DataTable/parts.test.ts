import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";

import type { Failure } from "@/platform/bindings";

import {
  clampOffset,
  geometry,
  offsetOf,
  offsetShowing,
  ROW,
  rowsAt,
  scrollTopOf,
  TALLEST,
} from "./geometry";
import { createRowPages, KEPT, PAGE } from "./rowPages";
import { everything, isSelected, nothing, rowsOf, sizeOf, toggled, withRange } from "./selection";

describe("selection", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("toggle" as const), a: fc.nat(40) }),
    fc.record({ kind: fc.constant("range" as const), a: fc.nat(40), b: fc.nat(40) }),
  );

  test("behaves as a set of rows, whatever is done to it", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let selection = nothing;
        const model = new Set<number>();
        for (const done of steps) {
          if (done.kind === "toggle") {
            selection = toggled(selection, done.a);
            if (!model.delete(done.a)) model.add(done.a);
          } else {
            selection = withRange(selection, done.a, done.b);
            for (let row = Math.min(done.a, done.b); row <= Math.max(done.a, done.b); row += 1)
              model.add(row);
          }
          expect(rowsOf(selection)).toStrictEqual([...model].toSorted((x, y) => x - y));
          expect(sizeOf(selection)).toBe(model.size);
        }
      }),
    );
  });

  test("all of a million rows is one range", () => {
    const all = everything(1_000_000);
    expect(all).toHaveLength(1);
    expect(isSelected(all, 999_999)).toBe(true);
    expect(isSelected(all, 1_000_000)).toBe(false);
    expect(everything(0)).toStrictEqual(nothing);
  });
});

describe("geometry", () => {
  const lists = fc.record({
    count: fc.integer({ min: 0, max: 50_000_000 }),
    viewport: fc.integer({ min: 28, max: 2_000 }),
  });

  test("the element is never taller than WebKit can draw", () => {
    expect(geometry(50_000_000, 600).height).toBe(TALLEST);
    expect(geometry(1000, 600).height).toBe(28_000);
  });

  test("the scroll bar at its ends is the first and the last row", () => {
    fc.assert(
      fc.property(lists, ({ count, viewport }) => {
        const g = geometry(count, viewport);
        const bottom = Math.max(0, g.height - viewport);
        expect(offsetOf(0, g)).toBe(0);
        const { end } = rowsAt(offsetOf(bottom, g), g, 0);
        expect(end).toBe(count);
      }),
    );
  });

  test("any row can be brought wholly into view", () => {
    fc.assert(
      fc.property(
        lists,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ count, viewport }, part) => {
          fc.pre(count > 0);
          const g = geometry(count, viewport);
          const row = Math.min(count - 1, Math.floor(part * count));
          const offset = offsetShowing(row, clampOffset(0, g), g);
          expect(row * ROW).toBeGreaterThanOrEqual(offset);
          expect((row + 1) * ROW).toBeLessThanOrEqual(offset + viewport);
        },
      ),
    );
  });

  test("a place survives the way through the scroll bar", () => {
    fc.assert(
      fc.property(
        lists,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ count, viewport }, part) => {
          const g = geometry(count, viewport);
          const offset = clampOffset(part * g.full, g);
          expect(offsetOf(scrollTopOf(offset, g), g)).toBeCloseTo(offset, 3);
        },
      ),
    );
  });

  test("only what is in view is drawn", () => {
    const g = geometry(10_000_000, 560);
    const { first, end } = rowsAt(140_000_000, g, 8);
    expect(first).toBe(5_000_000 - 8);
    expect(end - first).toBe(20 + 16);
  });
});

describe("row pages", () => {
  const rows = (from: number, count: number, total: number): number[] =>
    Array.from({ length: Math.max(0, Math.min(count, total - from)) }, (_, index) => from + index);

  /** Resolves at the next change. */
  const change = (pages: { subscribe(listener: () => void): () => void }): Promise<void> =>
    new Promise((done) => {
      const stop = pages.subscribe(() => {
        stop();
        done();
      });
    });

  /** Pages that answer when they are told to. */
  const slowly = () => {
    const waiting: { page: number; give(): void; refuse(): void }[] = [];
    let at = 0;
    const load = (from: number, count: number): Promise<readonly number[]> =>
      new Promise((give, refuse) => {
        const offset = at;
        waiting.push({
          page: from / PAGE,
          give: () => give(rows(from, count, 1000).map((row) => row + offset)),
          refuse: () => refuse({ code: "timeout", message: `page ${from / PAGE}`, hint: null }),
        });
      });
    const next = (page: number) => {
      const index = waiting.findIndex((one) => one.page === page);
      const [found] = waiting.splice(index, 1);
      if (index < 0 || found === undefined) throw new Error(`page ${page} was not asked for`);
      return found;
    };
    return { load, next, waiting, move: (by: number) => (at = by) };
  };
  const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

  test("asks for what is in view, once, and for nothing else", async () => {
    const load = vi.fn(async (from: number, count: number) => rows(from, count, 100_000));
    const pages = createRowPages(load);
    pages.setCount(100_000);
    pages.want(50_000, 30);
    pages.want(50_005, 30);
    await vi.waitFor(() => expect(pages.rowAt(50_010)).toBe(50_010));
    expect(pages.rowAt(10_000)).toBeUndefined();
    expect(load.mock.calls.map(([from]) => from / PAGE)).toStrictEqual([0, 390]);
  });

  test("never holds more than a few pages, however far one scrolls", async () => {
    const pages = createRowPages(async (from, count) => rows(from, count, 1_000_000));
    const first = change(pages);
    pages.setCount(1_000_000);
    await first;
    for (let page = 1; page < KEPT * 3; page += 1) {
      const loaded = change(pages);
      pages.want(page * PAGE, 10);
      await loaded;
      expect(pages.rowAt(page * PAGE)).toBe(page * PAGE);
    }
    const held = Array.from({ length: KEPT * 3 }, (_, page) => pages.rowAt(page * PAGE)).filter(
      (row) => row !== undefined,
    );
    expect(held.length).toBeLessThanOrEqual(KEPT);
    expect(pages.rowAt((KEPT * 3 - 1) * PAGE)).toBeDefined();
  });

  test("a page that was not full is asked for again when rows arrive", async () => {
    let total = 10;
    const pages = createRowPages(async (from, count) => rows(from, count, total));
    pages.setCount(10);
    await vi.waitFor(() => expect(pages.rowAt(9)).toBe(9));
    total = 90;
    pages.setCount(90);
    await vi.waitFor(() => expect(pages.rowAt(89)).toBe(89));
  });

  test("a reload forgets what is out of view, also what is on its way", async () => {
    const { load, next, move } = slowly();
    const pages = createRowPages(load);
    pages.setCount(1000);
    next(0).give();
    await settled();
    pages.want(PAGE, 10);
    const late = next(1);
    pages.want(PAGE * 3, 10);
    next(3).give();
    await settled();
    move(5000);
    pages.reload();
    late.give();
    await settled();
    expect([0, PAGE, PAGE * 3].map(pages.rowAt)).toStrictEqual([undefined, undefined, PAGE * 3]);
    next(3).give();
    await settled();
    expect(pages.rowAt(PAGE * 3)).toBe(PAGE * 3 + 5000);
  });

  test("a row is found in any page that is here", async () => {
    const pages = createRowPages(async (from, count) => rows(from, count, 1000));
    pages.setCount(1000);
    pages.want(PAGE * 3, 10);
    await vi.waitFor(() => expect(pages.find((row) => row === PAGE * 3 + 7)).toBe(PAGE * 3 + 7));
    expect(pages.find((row) => row === PAGE * 2)).toBeNull();
  });

  test("what is shown stays while it is loaded again", async () => {
    let offset = 0;
    const pages = createRowPages(async (from, count) =>
      rows(from, count, 50).map((row) => row + offset),
    );
    pages.setCount(50);
    await vi.waitFor(() => expect(pages.rowAt(3)).toBe(3));
    offset = 1000;
    pages.reload();
    expect(pages.rowAt(3)).toBe(3);
    await vi.waitFor(() => expect(pages.rowAt(3)).toBe(1003));
  });

  test("a failure is told, and forgotten when it works again", async () => {
    const failure: Failure = { code: "timeout", message: "no answer", hint: null };
    let broken = true;
    const pages = createRowPages(async (from, count) => {
      if (broken) throw failure;
      return rows(from, count, 50);
    });
    pages.setCount(50);
    await vi.waitFor(() => expect(pages.failure()).toStrictEqual(failure));
    broken = false;
    pages.reload();
    await vi.waitFor(() => expect(pages.rowAt(0)).toBe(0));
    expect(pages.failure()).toBeNull();
  });

  test("a page that failed stays told while another one in view arrives", async () => {
    const { load, next } = slowly();
    const pages = createRowPages(load);
    pages.want(PAGE - 5, 10);
    pages.setCount(1000);
    next(0).refuse();
    await settled();
    next(1).give();
    await settled();
    expect(pages.rowAt(PAGE)).toBe(PAGE);
    expect(pages.failure()?.message).toBe("page 0");
    pages.reload();
    next(0).give();
    next(1).give();
    await settled();
    expect(pages.failure()).toBeNull();
  });

  test("a page that failed is no news once it is out of view, and is asked for when it is back", async () => {
    const { load, next } = slowly();
    const pages = createRowPages(load);
    pages.setCount(1000);
    next(0).refuse();
    await settled();
    expect(pages.failure()).not.toBeNull();
    const told = change(pages);
    pages.want(PAGE * 3, 10);
    await told;
    expect(pages.failure()).toBeNull();
    pages.want(0, 10);
    next(0).give();
    await settled();
    expect(pages.rowAt(0)).toBe(0);
  });

  test.each(["give", "refuse"] as const)(
    "a reload while a page is on its way asks again after that answer (%s)",
    async (end) => {
      const { load, next, waiting, move } = slowly();
      const pages = createRowPages(load);
      pages.setCount(1000);
      const first = next(0);
      move(5000);
      pages.reload();
      expect(waiting).toHaveLength(0);
      first[end]();
      await settled();
      next(0).give();
      await settled();
      expect(pages.rowAt(0)).toBe(5000);
      expect(pages.failure()).toBeNull();
    },
  );

  test("a reload finds the rows of a page that came empty, though there are as many as before", async () => {
    let there = false;
    const pages = createRowPages(async (from, count) => (there ? rows(from, count, 50) : []));
    const first = change(pages);
    pages.setCount(50);
    await first;
    expect(pages.rowAt(0)).toBeUndefined();
    there = true;
    pages.setCount(50);
    pages.reload();
    await vi.waitFor(() => expect(pages.rowAt(0)).toBe(0));
  });

  test("a list that is shorter than it said is not asked for again and again", async () => {
    const load = vi.fn(async (from: number, count: number) => rows(from, count, 5));
    const pages = createRowPages(load);
    pages.setCount(100);
    await vi.waitFor(() => expect(pages.rowAt(4)).toBe(4));
    await new Promise((done) => setTimeout(done, 20));
    expect(load).toHaveBeenCalledTimes(1);
  });
});
