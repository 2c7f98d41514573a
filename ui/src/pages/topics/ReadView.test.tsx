import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";

import type { ReadRequest } from "@/platform/bindings";
import { fail, send } from "@/platform/fake/world";
import { setPreferences } from "@/preferences";

import { calls, openTopic } from "./testing";

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
