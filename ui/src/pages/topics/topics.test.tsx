import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";

import type { ReadRequest } from "@/platform/bindings";
import { fail, send } from "@/platform/fake/world";
import type { Commands } from "@/platform/platform";
import { setPreferences } from "@/preferences";
import { renderApp, type Rendered } from "@/testing/render";

import { createBatch } from "./sizes";

/** The arguments of each call of a command. */
function calls<Name extends keyof Commands>(
  fake: Rendered["fake"],
  name: Name,
): Parameters<Commands[Name]>[] {
  return fake.calls.flatMap((call) =>
    call.name === name ? [call.args as Parameters<Commands[Name]>] : [],
  );
}

const openTopic = async (topic: string, arrange?: Parameters<typeof renderApp>[1]) => {
  const app = renderApp(`/c/orders-prod/topics/=${topic.replaceAll(".", "~2E")}`, arrange);
  await screen.findByRole("heading", { name: topic, level: 1 });
  return app;
};

const rowOf = (text: string): HTMLElement => {
  const row = screen.getAllByText(text)[0]?.closest<HTMLElement>("[role=row]");
  if (row === null || row === undefined) throw new Error(`no row shows ${text}`);
  return row;
};

describe("the list", () => {
  test("hides internal topics until asked, and filters by name", async () => {
    const { user, router } = renderApp("/c/orders-prod/topics");
    await screen.findByText("audit");
    expect(screen.queryByText("__consumer_offsets")).toBeNull();
    await user.click(screen.getByRole("checkbox", { name: "Show internal topics" }));
    expect(await screen.findByText("__consumer_offsets")).toBeDefined();
    await user.keyboard("/");
    await user.keyboard("PAYMENT");
    await waitFor(() => expect(screen.queryByText("__consumer_offsets")).toBeNull());
    expect(screen.getByText("orders.payment-failed")).toBeDefined();
    await waitFor(() =>
      expect(router.state.location.search).toEqual({ filter: "PAYMENT", internal: true }),
    );
    await user.keyboard("x");
    expect(await screen.findByText("No topic has that in its name")).toBeDefined();
    await user.keyboard("{Escape}");
    expect(await screen.findByText("__consumer_offsets")).toBeDefined();
  });

  test("says how many the filter hides, and no internal one among them", async () => {
    const { user } = renderApp("/c/orders-prod/topics");
    const chip = (await screen.findByText(/internal hidden$/)).textContent;
    const listed = /^(\d+) topics/.exec(chip)?.[1];
    await user.keyboard("/no such topic");
    expect(await screen.findByText(`The filter hides ${listed} topics.`)).toBeDefined();
  });

  test("keeps the caret where it is while the filter is corrected in its middle", async () => {
    const { user, router } = renderApp("/c/orders-prod/topics?filter=oers");
    const field = await screen.findByRole<HTMLInputElement>("searchbox", {
      name: "Filter by name",
    });
    expect(field.value).toBe("oers");
    await user.click(field);
    field.setSelectionRange(1, 1);
    await user.keyboard("rd");
    expect(field.value).toBe("orders");
    await waitFor(() => expect(router.state.location.search).toEqual({ filter: "orders" }));
    expect(field.value).toBe("orders");
  });

  test("follows the address that somebody else sets", async () => {
    const { user, router } = renderApp("/c/orders-prod/topics?filter=pay");
    const field = await screen.findByRole<HTMLInputElement>("searchbox", {
      name: "Filter by name",
    });
    await user.type(field, "roll");
    await waitFor(() => expect(router.state.location.search).toEqual({ filter: "payroll" }));
    await router.navigate({
      to: "/c/$id/topics",
      params: { id: "orders-prod" },
      search: { filter: "audit" },
    });
    await waitFor(() => expect(field.value).toBe("audit"));
    expect(await screen.findByText("1 of 46 topics", { exact: false })).toBeDefined();
  });

  test("why something of a topic is not known is read under the list, not only by the mouse", async () => {
    const { user, fake } = renderApp("/c/orders-prod/topics?filter=pay");
    await screen.findByText("≈ 10.4 M");
    const grid = screen.getByRole("grid", { name: "Topics" });
    await waitFor(() => expect(document.activeElement).toBe(grid));
    await user.keyboard("{End}");
    expect(
      await screen.findByText(/^payroll: .*describing payroll is not permitted/),
    ).toBeDefined();
    const list = fake.commands.listTopics;
    vi.spyOn(fake.commands, "listTopics").mockImplementation(async (connection) => {
      const topics = await list(connection);
      for (const topic of topics)
        if (topic.name === "payroll") topic.failure = fail("timeout", "broker 2 does not answer");
      return topics;
    });
    await user.click(screen.getByRole("button", { name: "Refresh" }));
    expect(await screen.findByText(/^payroll: .*broker 2 does not answer/)).toBeDefined();
  });

  test("says how many there are, and how many internal ones are hidden", async () => {
    const { user } = renderApp("/c/orders-prod/topics");
    await screen.findByText("audit");
    const chip = screen.getByText(/internal hidden$/).textContent;
    const hidden = /^(\d+) topics · (\d+) internal hidden$/.exec(chip);
    await user.click(screen.getByRole("checkbox", { name: "Show internal topics" }));
    const all = Number(hidden?.[1]) + Number(hidden?.[2]);
    expect(await screen.findByText(`${all} topics`)).toBeDefined();
    await user.keyboard("/payroll");
    expect(await screen.findByText(`1 of ${all} topics`)).toBeDefined();
  });

  test("is sorted by the column that was chosen, the largest first", async () => {
    const { user } = renderApp("/c/orders-prod/topics");
    await screen.findByText("audit");
    const sort = (name: RegExp): HTMLElement => screen.getByRole("columnheader", { name });
    expect(sort(/^Name/).getAttribute("aria-sort")).toBe("ascending");
    const partitions = (): number[] =>
      screen
        .getAllByRole("row")
        .slice(1)
        .map((row) => Number(within(row).getAllByRole("gridcell")[1]?.textContent));
    await user.click(screen.getByRole("button", { name: "Partitions" }));
    expect(sort(/^Partitions/).getAttribute("aria-sort")).toBe("descending");
    expect(partitions()).toStrictEqual(partitions().toSorted((a, b) => b - a));
    await user.click(screen.getByRole("button", { name: "Partitions" }));
    expect(partitions()).toStrictEqual(partitions().toSorted((a, b) => a - b));
  });

  test("asks for counts only of what is in view", async () => {
    const { fake } = renderApp("/c/orders-prod/topics");
    await screen.findByText("≈ 182 k");
    const asked = calls(fake, "topicSizes").flatMap(([, names]) => names);
    expect(asked.length).toBeLessThan(25);
    expect(asked).toContain("audit");
    expect(asked).not.toContain("users.updated.v1");
    expect(asked).not.toContain("__consumer_offsets");
  });

  test("one topic that may not be read leaves the others alone", async () => {
    renderApp("/c/orders-prod/topics?filter=pay");
    await screen.findByText("≈ 10.4 M");
    const denied = within(rowOf("payroll")).getByText("unknown");
    expect(denied.title).toContain("not permitted");
  });

  test("Enter opens the topic under the cursor", async () => {
    const { user, router } = renderApp("/c/orders-prod/topics?filter=orders.payment-failed");
    const grid = await screen.findByRole("grid", { name: "Topics" });
    await waitFor(() => expect(document.activeElement).toBe(grid));
    await user.keyboard("{Enter}");
    await waitFor(() =>
      expect(router.state.matches.at(-1)?.params).toMatchObject({ topic: "orders.payment-failed" }),
    );
  });

  test("a refusal takes the place of the list and can be tried again", async () => {
    const { user, fake } = renderApp("/c/orders-prod/topics", {
      arrange: (world) =>
        world.failing.set("listTopics", fail("timeout", "orders-prod does not answer")),
    });
    expect((await screen.findByRole("alert")).textContent).toContain("No answer in time");
    fake.world.failing.clear();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("audit")).toBeDefined();
  });

  test("names asked for together are one question", async () => {
    const ask = vi.fn(async (names: string[]) =>
      names.map((name) => ({ name, offsets: "1", failure: null })),
    );
    const batch = createBatch(ask);
    const [a, b] = await Promise.all([batch("a"), batch("b")]);
    expect([a?.name, b?.name]).toStrictEqual(["a", "b"]);
    await batch("c");
    expect(ask.mock.calls).toStrictEqual([[["a", "b"]], [["c"]]]);
  });
});

describe("reading", () => {
  test("starts by itself with the newest 500 and says how it ended", async () => {
    const { fake } = await openTopic("orders.payment-failed");
    const progress = within(await screen.findByRole("status", { name: "Progress of the read" }));
    expect(await progress.findByText("limit reached: older records exist")).toBeDefined();
    expect(progress.getByText("500")).toBeDefined();
    expect(calls(fake, "startRead").map(([, request]) => request)).toStrictEqual([
      {
        topic: "orders.payment-failed",
        start: { at: "newest" },
        partitions: null,
        limit: 500,
        committed: true,
      } satisfies ReadRequest,
    ]);
    expect(screen.getByText("12 partitions")).toBeDefined();
    expect(screen.getByText("≈ 10.4 M offsets").title).toContain("10,412,887 offsets");
    expect(screen.getByText("7 d retention")).toBeDefined();
  });

  const progress = (): string =>
    screen.getByRole("status", { name: "Progress of the read" }).textContent;

  test("says how much of the range was scanned, how fast, and how long it takes", async () => {
    await openTopic("orders.payment-failed", { arrange: (world) => void (world.latency = 60) });
    await waitFor(() =>
      expect(progress()).toMatch(/\d+ of 10,412,887 scanned · [\d.,k ]+\/s · [\d.]+ s left/),
    );
    await waitFor(() => expect(progress()).toContain("limit reached: older records exist"));
    expect(progress()).toContain("500 of 10,412,887 scanned");
    expect(progress()).not.toContain("left");
  });

  test("a range that is not known is not shown as one, neither while it is read nor at its end", async () => {
    await openTopic("stock.level.v2", { arrange: (world) => void (world.latency = 60) });
    await waitFor(() => expect(progress()).toMatch(/\d+ scanned · [\d.,k ]+\/s/));
    expect(progress()).not.toMatch(/ of | left/);
    await waitFor(() => expect(progress()).toContain("500 scanned of an unknown range"));
  });

  test("rows that only the end of a read gives are shown, though their number was known before", async () => {
    const { user, fake } = await openTopic("orders.payment-failed", {
      arrange: (world) => void (world.latency = 20),
    });
    await waitFor(() => expect(calls(fake, "readRows").length).toBeGreaterThan(0));
    expect(screen.queryByText("c-48812")).toBeNull();
    expect(await screen.findByText("limit reached: older records exist")).toBeDefined();
    expect(await screen.findByText("c-48812")).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Read" }));
    const stop = () => screen.getByRole("button", { name: "Stop" });
    await waitFor(() => expect(stop().getAttribute("aria-disabled")).not.toBe("true"));
    await user.click(stop());
    expect(stop().getAttribute("aria-description")).toBe("stopping");
    expect(await screen.findByText(/^stopped:/)).toBeDefined();
    expect(await screen.findByText("c-48812")).toBeDefined();
  });

  test("a read that fails after some progress says why, and shows no empty rows", async () => {
    const { fake, user } = await openTopic("orders.payment-failed");
    await screen.findByText("c-48812");
    vi.spyOn(fake.commands, "startRead").mockImplementation(
      async (_connection, _request, events) => {
        setTimeout(() => {
          const event = { received: "7", bytes: "7", covered: "7", range: "100" };
          send(events, { event: "progress", rows: 7, ...event });
          send(events, { event: "failed", failure: fail("connection_lost", "broker 1 is gone") });
        });
        return "lost";
      },
    );
    await user.click(screen.getByRole("button", { name: "Read" }));
    expect((await screen.findByRole("alert")).textContent).toContain("broker 1 is gone.");
    expect(screen.queryByRole("grid")).toBeNull();
  });

  test("facts that could not be had say why, beside the records, and are asked for again", async () => {
    const { fake, user } = await openTopic("orders.payment-failed", {
      arrange: (world) =>
        world.failing.set("getTopic", fail("timeout", "broker 3 does not answer")),
    });
    expect(await screen.findByText("c-48812")).toBeDefined();
    expect(screen.getByText("facts unknown")).toBeDefined();
    const alert = within(screen.getByRole("alert"));
    expect(alert.getByText(/broker 3 does not answer/)).toBeDefined();
    fake.world.failing.clear();
    await user.click(alert.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("12 partitions")).toBeDefined();
    expect(screen.queryByText("facts unknown")).toBeNull();
    expect(calls(fake, "startRead"), "the records are not read again").toHaveLength(1);
  });

  test("facts that could not be refreshed are marked as those of before", async () => {
    const { fake, user } = await openTopic("orders.payment-failed");
    await screen.findByText("12 partitions");
    const refresh = screen.getByRole("button", { name: "Refresh facts" });
    fake.world.failing.set("getTopic", fail("timeout", "broker 3 does not answer"));
    await user.click(refresh);
    expect(await screen.findByText("facts of before")).toBeDefined();
    expect(screen.getByText("12 partitions")).toBeDefined();
    expect(screen.getByRole("alert").textContent).toContain("broker 3 does not answer.");
    fake.world.failing.clear();
    await user.click(refresh);
    await waitFor(() => expect(screen.queryByText("facts of before")).toBeNull());
  });

  test("from an offset asks for exactly that, and frees the rows of before", async () => {
    const { user, fake } = await openTopic("orders.payment-failed");
    await screen.findByText("limit reached: older records exist");
    await user.click(screen.getByRole("combobox", { name: "Read" }));
    await user.click(await screen.findByRole("option", { name: "From offset" }));
    await user.type(screen.getByRole("textbox", { name: "Offset" }), "9007199254740993");
    await user.type(screen.getByRole("textbox", { name: "Partitions" }), "7, 0-1");
    await user.clear(screen.getByRole("textbox", { name: "Records at most" }));
    await user.type(screen.getByRole("textbox", { name: "Records at most" }), "20");
    await user.click(screen.getByRole("checkbox", { name: "Committed only" }));
    await user.click(screen.getByRole("button", { name: "Read" }));
    expect(await screen.findByText("204 already gone")).toBeDefined();
    expect(screen.getByText("limit reached: newer records exist")).toBeDefined();
    expect(calls(fake, "startRead").at(-1)?.[1]).toStrictEqual({
      topic: "orders.payment-failed",
      start: { at: "offset", offset: "9007199254740993" },
      partitions: [0, 1, 7],
      limit: 20,
      committed: false,
    });
    expect(calls(fake, "dropResultSet")).toHaveLength(1);
  });

  test("what cannot be asked is said beside its field, and nothing is read", async () => {
    const { user, fake } = await openTopic("orders.payment-failed");
    await screen.findByText("limit reached: older records exist");
    await user.type(screen.getByRole("textbox", { name: "Partitions" }), "12{Enter}");
    expect(screen.getByText("As in 0, 3, 5-7; up to 11")).toBeDefined();
    expect(screen.getByRole("textbox", { name: "Partitions" }).getAttribute("aria-invalid")).toBe(
      "true",
    );
    expect(calls(fake, "startRead")).toHaveLength(1);
  });

  test("an incomplete read shows what came and says what did not", async () => {
    await openTopic("orders.payment-failed", {
      arrange: (world) => {
        world.coverage = {
          end: "incomplete",
          partitions: [3, 7],
          failure: fail("timeout", "broker 2 does not answer"),
        };
      },
    });
    expect(await screen.findByText("incomplete")).toBeDefined();
    const alerts = screen.getAllByRole("alert").map((alert) => alert.textContent);
    expect(alerts.join()).toContain("Partitions 3, 7 were not read to their end.");
    expect(alerts.join()).toContain("broker 2 does not answer.");
    expect(screen.getByText("c-48812")).toBeDefined();
  });

  test("the bar is as full as what was scanned, also when the read is over", async () => {
    await openTopic("orders.payment-failed", {
      arrange: (world) => {
        world.coverage = { end: "stopped", covered: "816", range: "1200" };
      },
    });
    expect(await screen.findByText("816 of 1,200 scanned")).toBeDefined();
    const bar = screen.getByRole("status", { name: "Progress of the read" }).querySelector("i");
    expect(bar?.style.width).toBe("68%");
  });

  test.each([
    [{ retentionMillis: "-1", retentionBytes: "-1" }, ["kept for ever"]],
    [
      { retentionMillis: "-1", retentionBytes: "1073741824" },
      ["no time limit", /^at most 1(\.1)? GB a partition$/, "cleanup: delete"],
    ],
    [{ retentionMillis: "-1", retentionBytes: null }, ["no time limit", "cleanup: delete"]],
    [{ retentionMillis: "604800000", retentionBytes: "-1" }, ["7 d retention", "cleanup: delete"]],
  ] as const)("what is kept of a topic of %j is %j", async (retention, chips) => {
    await openTopic("orders.payment-failed", {
      arrange: (world) => void (world.topicFacts = { cleanupPolicy: "delete", ...retention }),
    });
    for (const chip of chips) expect(await screen.findByText(chip)).toBeDefined();
    expect(screen.queryAllByText("cleanup: delete")).toHaveLength(
      chips.some((chip) => chip === "cleanup: delete") ? 1 : 0,
    );
  });

  test("a topic without records says so, and why there may be some", async () => {
    await openTopic("orders.payments.empty");
    expect(await screen.findByText("No records")).toBeDefined();
    expect(screen.getByText(/Records of open transactions are left out/)).toBeDefined();
  });

  test("a topic that may not be read says so once, and keeps its query row", async () => {
    await openTopic("payroll");
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("A permission is missing");
    expect(screen.getAllByRole("alert")).toHaveLength(1);
    expect(screen.getByRole("button", { name: "Read" })).toBeDefined();
  });

  test("leaving frees the rows", async () => {
    const { user, fake } = await openTopic("orders.payment-failed");
    await screen.findByText("limit reached: older records exist");
    await user.click(within(screen.getByRole("main")).getByRole("link", { name: "Topics" }));
    await screen.findByRole("grid", { name: "Topics" });
    expect(calls(fake, "dropResultSet")).toHaveLength(1);
  });

  test("times follow the chosen zone", async () => {
    setPreferences({ zone: "epoch" });
    await openTopic("orders.payment-failed");
    expect(await screen.findByText("1795266202417")).toBeDefined();
  });
});

describe("the inspector", () => {
  test("shows the record with its exact numbers, its headers in order, and its bytes", async () => {
    const { user } = await openTopic("orders.payment-failed");
    await user.click(await screen.findByText("c-48812"));
    const panel = within(await screen.findByRole("complementary", { name: "Inspector" }));
    expect(await panel.findByRole("heading", { name: "P 7 · offset 891,684" })).toBeDefined();
    const value = await panel.findByRole("textbox", { name: "Value" });
    expect(value.textContent).toContain('"orderId": 9007199254740993');
    expect(panel.getByText("CreateTime")).toBeDefined();
    expect(panel.getByText(/B · key 7 B · value \d+ B · headers \d+ B$/)).toBeDefined();
    await user.click(panel.getByRole("tab", { name: "Headers 5" }));
    const names = panel.getAllByRole("row").map((row) => row.textContent);
    expect(names.slice(1, 4)).toStrictEqual(["traceparent00-7fa1c0d2", "retry1", "retry2"]);
    await user.click(panel.getByRole("tab", { name: "Raw" }));
    await waitFor(() =>
      expect(panel.getByRole("textbox", { name: "Value" }).textContent).toContain(
        "00000000  7b 22",
      ),
    );
  });

  test("null, empty and the text null are three things", async () => {
    const { user } = await openTopic("audit");
    await screen.findByText("u-1");
    expect(within(rowOf("u-1")).getByText("tombstone")).toBeDefined();
    expect(within(rowOf("u-2")).getByText("empty")).toBeDefined();
    expect(within(rowOf("u-3")).getByText("text “null”")).toBeDefined();
    const panel = () => within(screen.getByRole("complementary", { name: "Inspector" }));
    await user.click(screen.getByText("u-1"));
    expect(await screen.findByText("There is no value: it is null.")).toBeDefined();
    await user.keyboard("j");
    expect(await screen.findByText("The value is there and has no bytes.")).toBeDefined();
    await user.keyboard("j");
    await waitFor(() =>
      expect(panel().getByRole("textbox", { name: "Value" }).textContent).toBe("null"),
    );
    expect(panel().getByText("text “null”")).toBeDefined();
  });

  test("copies the value as text, and says what it cannot copy", async () => {
    const { user } = await openTopic("audit");
    await user.click(await screen.findByText("u-0"));
    await screen.findByRole("complementary", { name: "Inspector" });
    await user.keyboard("c");
    expect(await screen.findByText("Value copied")).toBeDefined();
    // Not what is shown: that is laid out for reading.
    expect(await navigator.clipboard.readText()).toBe('{"user":"u-0","action":"login"}');
    await user.keyboard("jc");
    expect(await screen.findByText("There is nothing to copy: it is null")).toBeDefined();
  });

  test("what is no text is copied only in a form that was asked for, or saved as it is", async () => {
    const { user, fake } = await openTopic("audit");
    await user.click(await screen.findByText("u-5"));
    await screen.findByRole("complementary", { name: "Inspector" });
    await user.keyboard("c");
    const question = within(await screen.findByRole("dialog", { name: "Value: not text" }));
    expect(question.getByText(/Holds a zero byte at 0/)).toBeDefined();
    await user.click(question.getByRole("button", { name: "Copy as hex" }));
    expect(await screen.findByText("Value copied as hex")).toBeDefined();
    expect(await navigator.clipboard.readText()).toMatch(/^0001206f6374657473/);
    await user.click(screen.getByRole("button", { name: "Copy more" }));
    await user.click(await screen.findByRole("menuitem", { name: "Value, as Base64" }));
    expect(await screen.findByText("Value copied as Base64")).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Copy" }));
    await user.click(
      within(await screen.findByRole("dialog", { name: "Value: not text" })).getByRole("button", {
        name: "Save…",
      }),
    );
    await waitFor(() => expect(calls(fake, "saveRecord")).toHaveLength(1));
    expect(calls(fake, "getRecord").every(([, , , whole]) => !whole)).toBe(true);
  });

  test("saves what is looked at", async () => {
    const { user, fake } = await openTopic("orders.payment-failed");
    await user.click(await screen.findByText("c-48812"));
    const panel = within(await screen.findByRole("complementary", { name: "Inspector" }));
    await user.click(await panel.findByRole("button", { name: "Save…" }));
    await user.click(panel.getByRole("tab", { name: "Key" }));
    await user.click(panel.getByRole("button", { name: "Save…" }));
    await waitFor(() =>
      expect(calls(fake, "saveRecord").map(([, row, part]) => [row, part])).toStrictEqual([
        [0, "value"],
        [0, "key"],
      ]),
    );
  });

  test("c and e act on the row under the cursor, once, and on no row that is opened later", async () => {
    const { user, fake } = await openTopic("audit");
    await screen.findByText("u-0");
    screen.getByRole("grid").focus();
    await user.keyboard("{Home}");
    await user.keyboard("e");
    await waitFor(() => expect(calls(fake, "saveRecord")).toHaveLength(1));
    await user.keyboard("c");
    await waitFor(() => expect(calls(fake, "copyRecord")).toHaveLength(1));
    await user.keyboard("{Enter}");
    await screen.findByRole("complementary", { name: "Inspector" });
    await user.keyboard("{Escape}jj{Enter}");
    expect(await screen.findByText("The value is there and has no bytes.")).toBeDefined();
    expect(calls(fake, "saveRecord").map(([, row, part]) => [row, part])).toStrictEqual([
      [0, "value"],
    ]);
    expect(calls(fake, "copyRecord").map(([, row]) => row)).toStrictEqual([0]);
  });

  test("what is shown of one record is gone while the next one is on its way", async () => {
    const { user, fake } = await openTopic("orders.payment-failed");
    await user.click(await screen.findByText("c-48812"));
    const panel = within(await screen.findByRole("complementary", { name: "Inspector" }));
    expect(await panel.findByRole("heading", { name: "P 7 · offset 891,684" })).toBeDefined();
    fake.world.silent.add("getRecord");
    await user.keyboard("j");
    await waitFor(() => expect(panel.queryByRole("heading")).toBeNull());
    expect(panel.queryByRole("button", { name: "Replay…" })).toBeNull();
  });

  test("a record that is gone says so, and the list stays", async () => {
    const { user, fake } = await openTopic("orders.payment-failed");
    await screen.findByText("c-48812");
    fake.world.failing.set("getRecord", fail("not_found", "retention took this record"));
    await user.click(screen.getByText("c-48812"));
    const panel = within(await screen.findByRole("complementary", { name: "Inspector" }));
    expect((await panel.findByRole("alert")).textContent).toContain("retention took this record.");
    expect(screen.getByText("c-48819")).toBeDefined();
  });

  test("Esc closes it, then clears the selection, then leads back to the list", async () => {
    const { user, router } = await openTopic("orders.payment-failed");
    await user.click(await screen.findByText("c-48812"));
    await screen.findByRole("complementary", { name: "Inspector" });
    await user.keyboard(" ");
    expect(screen.getByText("1 selected")).toBeDefined();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("complementary", { name: "Inspector" })).toBeNull();
    await user.keyboard("{Escape}");
    expect(screen.queryByText("1 selected")).toBeNull();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/c/orders-prod/topics"));
  });
});
