import { expect, test } from "vitest";

import { preferencesOf } from "./preferences";

const UNTOUCHED = {
  theme: "system",
  language: "system",
  zone: "local",
  columns: {},
  panels: {},
  place: null,
};

test.each([[null], ["text"], [[]], [{ theme: "pink", zone: 7, columns: [], panels: null }]])(
  "%j counts as nothing chosen",
  (stored) => expect(preferencesOf(stored)).toStrictEqual(UNTOUCHED),
);

test("what is of its shape stays, beside what is not", () => {
  const stored = {
    theme: "dark",
    language: "fr",
    zone: "epoch",
    columns: { records: { key: 120, value: -1, size: "wide" }, other: 3 },
    panels: { topic: 420, queue: 1e9 },
    place: { page: "queues", connection: "c1", queue: "never kept" },
  };
  expect(preferencesOf(stored)).toStrictEqual({
    theme: "dark",
    language: "fr",
    zone: "epoch",
    columns: { records: { key: 120 }, other: {} },
    panels: { topic: 420 },
    place: { page: "queues", connection: "c1" },
  });
});

test("a place without its connection is none", () => {
  expect(preferencesOf({ place: { page: "topics" } }).place).toBeNull();
  expect(preferencesOf({ place: { page: "elsewhere", connection: "c1" } }).place).toBeNull();
});
