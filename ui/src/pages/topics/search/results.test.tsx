import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";

import { fail } from "@/platform/fake/world";
import { setPreferences } from "@/preferences";
import type { Rendered } from "@/testing/render";

import {
  calls,
  covering,
  finished,
  openTopic,
  progressed,
  rowOf,
  searchFor,
  takeSearches,
} from "../testing";

const found = async (text = "card_declined") => {
  const app = await openTopic("orders.payment-failed");
  await searchFor(app.user, text);
  await screen.findByText(/every one of the 10,412,887 offsets was looked at/);
  await screen.findByText("c-48812");
  return app;
};
/** The numbers that an open sheet sends to Rust once it has a target. */
const replayed = async ({ user, fake }: Pick<Rendered, "user" | "fake">): Promise<number[]> => {
  const sheet = within(await screen.findByRole("dialog", { name: /^Replay/ }));
  await user.click(sheet.getByRole("combobox", { name: "Target" }));
  await user.click(await screen.findByRole("option", { name: /^orders-prod/ }));
  await user.type(await sheet.findByRole("combobox", { name: "Topic" }), "orders.created.v1");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(calls(fake, "previewReplay")).not.toHaveLength(0));
  const source = calls(fake, "previewReplay").at(-1)?.[0].source;
  if (source?.from !== "records") throw new Error("these are no records");
  return source.rows;
};
const sort = (name: RegExp): string | null =>
  screen.getByRole("columnheader", { name }).getAttribute("aria-sort");

describe("the order", () => {
  test("is made in Rust by a column, and turned round by the same", async () => {
    const { user, fake } = await found();
    expect(sort(/^Timestamp/)).toBe("descending");
    await user.click(screen.getByRole("button", { name: "Size" }));
    await waitFor(() => expect(sort(/^Size/)).toBe("descending"));
    expect(sort(/^Timestamp/)).toBe("none");
    await user.click(screen.getByRole("button", { name: "Size" }));
    await waitFor(() => expect(sort(/^Size/)).toBe("ascending"));
    await user.click(screen.getByRole("button", { name: "Offset" }));
    await waitFor(() => expect(sort(/^Offset/)).toBe("ascending"));
    expect(calls(fake, "orderRows").map(([, order]) => order)).toStrictEqual([
      { by: "size", descending: true },
      { by: "size", descending: false },
      { by: "place", descending: false },
    ]);
  });

  test("that is another leaves nothing selected, and what is inspected acts on its record", async () => {
    const app = await found();
    const { user, fake } = app;
    await user.click(await screen.findByText("c-48812"));
    const panel = within(await screen.findByRole("complementary", { name: "Inspector" }));
    await panel.findByRole("heading", { name: "P 7 · offset 891,684" });
    await user.keyboard(" ");
    expect(screen.getByText("1 selected")).toBeDefined();
    // The newest is the last now, and out of sight.
    await user.click(screen.getByRole("button", { name: "Timestamp" }));
    await waitFor(() => expect(sort(/^Timestamp/)).toBe("ascending"));
    expect(await screen.findByText("Rows moved, so nothing is selected any more")).toBeDefined();
    expect(screen.queryByText("1 selected")).toBeNull();
    await waitFor(() => expect(screen.queryByText("c-48812")).toBeNull());
    expect(screen.getByRole("grid").getAttribute("aria-activedescendant")).toBeNull();
    expect(panel.getByRole("heading", { name: "P 7 · offset 891,684" })).toBeDefined();
    await user.click(panel.getByRole("button", { name: "Copy" }));
    await waitFor(() => expect(calls(fake, "copyRecord").map(([, row]) => row)).toStrictEqual([0]));
    await user.click(panel.getByRole("button", { name: "Save…" }));
    expect(calls(fake, "saveRecord").map(([, row]) => row)).toStrictEqual([0]);
    expect(calls(fake, "getRecord"), "it is the same record").toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Timestamp" }));
    await screen.findByText("c-48812");
    const row = rowOf("c-48812");
    expect(screen.getByRole("grid").getAttribute("aria-activedescendant")).toBe(row.id);
    await user.click(panel.getByRole("button", { name: "Replay…" }));
    expect(await replayed(app)).toStrictEqual([0]);
  });

  test("takes the cursor where its record went, and acts there on what is seen", async () => {
    const { user, fake } = await found();
    await user.click(screen.getByRole("button", { name: "Timestamp" }));
    await waitFor(() => expect(screen.queryByText("c-48812")).toBeNull());
    screen.getByRole("grid").focus();
    await user.keyboard("{Home}ec");
    await waitFor(() => expect(calls(fake, "copyRecord")).toHaveLength(1));
    const row = 1948;
    expect(calls(fake, "saveRecord")).toStrictEqual([[expect.anything(), row, "value"]]);
    expect(calls(fake, "copyRecord")[0]?.[1]).toBe(row);
    await user.keyboard("{Enter}");
    await waitFor(() => expect(calls(fake, "getRecord")[0]?.[1]).toBe(row));
  });

  test("that cannot be made is told, and nothing has moved", async () => {
    const { user, fake } = await found();
    screen.getByRole("grid").focus();
    await user.keyboard("{Home} ");
    fake.world.failing.set("orderRows", fail("storage", "the rows cannot be read"));
    await user.click(screen.getByRole("button", { name: "Size" }));
    expect(await screen.findAllByText("the rows cannot be read")).not.toHaveLength(0);
    expect(sort(/^Size/)).toBe("none");
    expect(sort(/^Timestamp/)).toBe("descending");
    expect(screen.getByText("1 selected")).toBeDefined();
  });

  test("cannot be chosen while the search goes on, and is that of time when it ended", async () => {
    const { user, fake } = await openTopic("orders.payment-failed");
    const runs = takeSearches(fake);
    await searchFor(user, "card_declined");
    await waitFor(() => expect(runs).toHaveLength(1));
    const stopped = covering({ end: "stopped", covered: "600", goesOn: true });
    runs[0]?.send(finished(40, 0, stopped));
    await screen.findByText("c-48812");
    await user.click(screen.getByRole("button", { name: "Size" }));
    await waitFor(() => expect(sort(/^Size/)).toBe("descending"));
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await waitFor(() => expect(runs).toHaveLength(2));
    expect([sort(/^Size/), sort(/^Timestamp/)]).toStrictEqual([null, null]);
    expect(screen.queryByRole("button", { name: "Size" })).toBeNull();
    runs[1]?.send(finished(60, 0, covering()));
    expect([sort(/^Size/), sort(/^Timestamp/)]).toStrictEqual(["none", "descending"]);
  });

  test("of a read cannot be chosen", async () => {
    await openTopic("orders.payment-failed");
    await screen.findByText("c-48812");
    expect(screen.queryByRole("button", { name: "Size" })).toBeNull();
  });
});

describe("the histogram", () => {
  test("sums up what it shows, and narrows the range to a span, without searching", async () => {
    setPreferences({ zone: "utc" });
    const { user, fake } = await found();
    const image = await screen.findByRole("img", { name: /^1,949 hits from 2026-11-21 / });
    expect(image.getAttribute("aria-label")).toMatch(/At most \d+ hits, from 2026-11-21 /);
    const span = screen.getByRole("slider", { name: "Span of time to narrow the range to" });
    span.focus();
    await user.keyboard("{End}{Shift>}{ArrowLeft}{/Shift}");
    expect(span.getAttribute("aria-valuetext")).toMatch(
      /^\d+ hits, from 2026-11-21 .* to 2026-11-21 13:03:\d\d\.\d{3}\. Enter narrows/,
    );
    const searched = calls(fake, "startSearch").length;
    await user.keyboard("{Enter}");
    const from = screen.getByRole<HTMLInputElement>("textbox", { name: /^Time \(/ });
    const to = screen.getByRole<HTMLInputElement>("textbox", { name: /^Before \(/ });
    expect(span.getAttribute("aria-valuetext")).toContain(`from ${from.value} to ${to.value}`);
    expect(from.value < to.value).toBe(true);
    expect(calls(fake, "startSearch")).toHaveLength(searched);
    await user.click(screen.getByRole("button", { name: "Search" }));
    await waitFor(() => expect(calls(fake, "startSearch")).toHaveLength(searched + 1));
    const asked = calls(fake, "startSearch").at(-1)?.[1];
    expect(asked?.from).toStrictEqual({ at: "time", millis: String(Date.parse(`${from.value}Z`)) });
    expect(asked?.to).toStrictEqual({ at: "time", millis: String(Date.parse(`${to.value}Z`)) });
  });

  test("is dragged over", async () => {
    await found();
    const span = await screen.findByRole("slider", { name: /^Span of time/ });
    vi.spyOn(span, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 1000, 40));
    span.setPointerCapture = () => undefined;
    fireEvent.pointerDown(span, { clientX: 10, button: 0, pointerId: 1 });
    fireEvent.pointerMove(span, { clientX: 500, pointerId: 1 });
    expect(screen.queryByRole("textbox", { name: /^Before \(/ })).toBeNull();
    fireEvent.pointerUp(span, { clientX: 500, pointerId: 1 });
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: /^Before \(/ }).value).toMatch(
      /^2026-11-21 /,
    );
  });

  test("is asked for while the search runs, and not where there are no hits", async () => {
    const { user, fake } = await openTopic("orders.payment-failed");
    const runs = takeSearches(fake);
    await searchFor(user, "card_declined");
    await waitFor(() => expect(runs).toHaveLength(1));
    runs[0]?.send(progressed());
    expect(calls(fake, "getHistogram")).toHaveLength(0);
    runs[0]?.send(progressed({ hits: 40 }));
    await screen.findByRole("img", { name: /hits from/ });
    expect(calls(fake, "getHistogram")).toHaveLength(1);
    runs[0]?.send(finished(41, 0, covering()));
    await waitFor(() => expect(calls(fake, "getHistogram")).toHaveLength(2));
  });
});

test("what was looked for is marked in the value that is shown", async () => {
  const { user } = await found();
  await user.click(await screen.findByText("c-48812"));
  const panel = within(await screen.findByRole("complementary", { name: "Inspector" }));
  const value = await panel.findByRole("textbox", { name: "Value" });
  expect([...value.querySelectorAll(".cm-found")].map((mark) => mark.textContent)).toStrictEqual([
    "card_declined",
  ]);
});

describe("what is selected", () => {
  test("is copied and replayed by the numbers of its rows, wherever they are", async () => {
    const app = await found();
    const { user } = app;
    await user.click(screen.getByRole("button", { name: "Timestamp" }));
    await waitFor(() => expect(screen.queryByText("c-48812")).toBeNull());
    await user.click(screen.getByRole("checkbox", { name: "Select row 1" }));
    await user.click(screen.getByRole("checkbox", { name: "Select row 3" }));
    await user.click(screen.getByRole("button", { name: "Replay 2…" }));
    expect(await replayed(app)).toStrictEqual([1948, 1946]);
  });

  test("stays what is replayed when the rows are ordered anew beside it", async () => {
    const app = await found();
    const { user } = app;
    await user.click(screen.getByRole("checkbox", { name: "Select row 2" }));
    await user.click(screen.getByRole("button", { name: "Replay 1…" }));
    await screen.findByRole("dialog", { name: /^Replay/ });
    await user.click(screen.getByRole("button", { name: "Timestamp" }));
    await waitFor(() => expect(sort(/^Timestamp/)).toBe("ascending"));
    expect(await replayed(app)).toStrictEqual([1]);
  });

  /** All hits, of which most were not shown yet, from the oldest to the newest. */
  const selectAll = async () => {
    const app = await found();
    await app.user.click(screen.getByRole("button", { name: "Timestamp" }));
    await waitFor(() => expect(screen.queryByText("c-48812")).toBeNull());
    screen.getByRole("grid").focus();
    await app.user.keyboard("{Control>}a{/Control}");
    return app;
  };

  test("and was not shown yet is asked for before it is replayed", async () => {
    const app = await selectAll();
    const before = calls(app.fake, "readRows").length;
    await app.user.click(screen.getByRole("button", { name: "Replay 1,949…" }));
    expect(await replayed(app)).toStrictEqual(Array.from({ length: 1949 }, (_, at) => 1948 - at));
    const asked = calls(app.fake, "readRows").slice(before);
    expect(asked.map(([, from, count]) => [from, count])).toStrictEqual([
      [128, 1000],
      [1128, 821],
    ]);
  });

  test("and cannot be asked for is told, and nothing is replayed", async () => {
    const { user, fake } = await selectAll();
    fake.world.failing.set("readRows", fail("storage", "the rows cannot be read"));
    await user.click(screen.getByRole("button", { name: "Replay 1,949…" }));
    expect(await screen.findAllByText("the rows cannot be read")).not.toHaveLength(0);
    expect(screen.queryByRole("dialog", { name: /^Replay/ })).toBeNull();
  });

  test("is not replayed where rows moved while it was asked for", async () => {
    const { user, fake } = await selectAll();
    const { readRows } = fake.commands;
    const waiting: (() => void)[] = [];
    vi.spyOn(fake.commands, "readRows").mockImplementation(async (id, from, count) => {
      if (count > 128) await new Promise<void>((done) => waiting.push(done));
      return readRows(id, from, count);
    });
    const replay = () => screen.getByRole("button", { name: "Replay 1,949…" });
    await user.click(replay());
    expect(replay().getAttribute("aria-description")).toBe("Loading");
    await user.click(replay());
    expect(waiting, "it is asked for once").toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Size" }));
    await waitFor(() => expect(sort(/^Size/)).toBe("descending"));
    await act(async () => waiting.shift()?.());
    await waitFor(() => expect(waiting).toHaveLength(1));
    await act(async () => waiting.shift()?.());
    // Seen and read out.
    expect(
      await screen.findAllByText(/^Rows moved meanwhile, so nothing is replayed/),
    ).toHaveLength(2);
    expect(screen.queryByRole("dialog", { name: /^Replay/ })).toBeNull();
    expect(calls(fake, "previewReplay")).toHaveLength(0);
  });

  test("of a read is named by its places, and nothing is asked for", async () => {
    const app = await openTopic("orders.payment-failed");
    await screen.findByText("c-48812");
    const before = calls(app.fake, "readRows").length;
    screen.getByRole("grid").focus();
    await app.user.keyboard("{Control>}a{/Control}");
    await app.user.click(screen.getByRole("button", { name: "Replay 500…" }));
    expect(await replayed(app)).toStrictEqual(Array.from({ length: 500 }, (_, row) => row));
    expect(calls(app.fake, "readRows")).toHaveLength(before);
  });
});
