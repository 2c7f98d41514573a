import { describe, expect, test, vi } from "vitest";

import type { RecordRow } from "@/platform/bindings";
import { topics, rowOf } from "@/platform/fake/records";

import { numbersHere, numbersOf } from "./rowNumbers";

const [source] = topics;
if (source === undefined) throw new Error("there is no topic");
/** Rows are in the opposite order of their numbers, of which there are ten thousand. */
const at = (index: number): RecordRow => rowOf(source, index, 9999 - index, null);
const rows = (from: number, count: number): RecordRow[] =>
  Array.from({ length: Math.max(0, Math.min(count, 10_000 - from)) }, (_, step) => at(from + step));
const loading = () => vi.fn(async (from: number, count: number) => rows(from, count));
const firstHundred = (index: number): RecordRow | undefined =>
  index < 100 ? at(index) : undefined;

describe("the numbers of what is selected", () => {
  test("are those of the rows that are here", () => {
    const selection = [
      { from: 3, end: 5 },
      { from: 90, end: 91 },
    ];
    expect(numbersHere(selection, firstHundred)).toStrictEqual([9996, 9995, 9909]);
    expect(numbersHere([{ from: 99, end: 101 }], firstHundred)).toBeNull();
  });

  test("are asked for only of rows that are not here, in bounded windows", async () => {
    const load = loading();
    const selection = [
      { from: 50, end: 2500 },
      { from: 7000, end: 7001 },
    ];
    const numbers = await numbersOf(selection, firstHundred, load);
    const wanted = [...Array.from({ length: 2450 }, (_, step) => 9949 - step), 2999];
    expect(numbers).toStrictEqual(wanted);
    expect(load.mock.calls).toStrictEqual([
      [100, 1000],
      [1100, 1000],
      [2100, 400],
      [7000, 1],
    ]);
  });

  test("are none where there are fewer rows than places", async () => {
    expect(await numbersOf([{ from: 9990, end: 10_010 }], firstHundred, loading())).toBeNull();
  });

  test("fail as the asking does", async () => {
    const failure = { code: "not_found", message: "no result set", hint: null };
    const load = () => Promise.reject(failure);
    await expect(numbersOf([{ from: 0, end: 101 }], firstHundred, load)).rejects.toBe(failure);
  });
});
