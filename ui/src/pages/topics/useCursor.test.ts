import { act, renderHook } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { RecordRow } from "@/platform/bindings";
import { rowOf, topics } from "@/platform/fake/records";

import { useCursor } from "./useCursor";

const [source] = topics;
if (source === undefined) throw new Error("there is no topic");
const record = (row: number): RecordRow => rowOf(source, row, row, null);

/** Those that are here of a list, by their numbers; undefined where a row is not. */
function list(numbers: readonly (number | undefined)[]) {
  const here = numbers.map((row) => (row === undefined ? undefined : record(row)));
  return {
    rowAt: (index: number) => here[index],
    find: (isWanted: (row: RecordRow) => boolean) => {
      const index = here.findIndex((row) => row !== undefined && isWanted(row));
      return index === -1 ? null : index;
    },
  };
}

function cursorIn(numbers: readonly (number | undefined)[]) {
  const start = { rows: list(numbers), revision: 0 };
  const hook = renderHook(({ rows, revision }) => useCursor(rows, revision), {
    initialProps: start,
  });
  return {
    put: (index: number) => act(() => hook.result.current.onIndex(index)),
    show: (next: readonly (number | undefined)[], revision: number) =>
      hook.rerender({ rows: list(next), revision }),
    now: () => [hook.result.current.index, hook.result.current.record?.row ?? null],
  };
}

describe("the cursor", () => {
  test("is on nothing at first", () => {
    const { now, show } = cursorIn([7, 8, 9]);
    expect(now()).toStrictEqual([null, null]);
    show([9, 8, 7], 1);
    expect(now()).toStrictEqual([null, null]);
  });

  test("goes where its record goes", () => {
    const { put, now, show } = cursorIn([7, 8, 9]);
    put(0);
    show([9, 8, 7], 1);
    expect(now()).toStrictEqual([2, 7]);
    show([8, 7, 9], 2);
    expect(now()).toStrictEqual([1, 7]);
  });

  test("stays on a record that is out of sight, at no row, until that is seen again", () => {
    const { put, now, show } = cursorIn([7, 8, 9]);
    put(0);
    show([4, 5, 6], 1);
    expect(now()).toStrictEqual([null, 7]);
    show([undefined, undefined, undefined], 1);
    expect(now(), "its place of before is another's by now").toStrictEqual([null, 7]);
    show([4, 5, 6, 7], 1);
    expect(now()).toStrictEqual([3, 7]);
  });

  test("keeps its place while its row is only not here any more", () => {
    const { put, now, show } = cursorIn([7, 8, 9]);
    put(1);
    show([undefined, undefined, undefined], 0);
    expect(now()).toStrictEqual([1, 8]);
  });

  test("is on the record that comes to its place, and on that from then on", () => {
    const { put, now, show } = cursorIn([7, undefined, undefined]);
    put(2);
    expect(now()).toStrictEqual([2, null]);
    show([7, 8, 9], 0);
    expect(now()).toStrictEqual([2, 9]);
    show([9, 8, 7], 1);
    expect(now()).toStrictEqual([0, 9]);
  });
});
