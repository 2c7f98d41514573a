import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";

import { fail } from "@/platform/fake/world";
import { renderApp } from "@/testing/render";

import { createBatch } from "./sizes";
import { calls, rowOf } from "./testing";

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
