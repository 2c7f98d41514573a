import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { fail } from "@/platform/fake/world";

import { calls, openTopic, rowOf } from "./testing";

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
