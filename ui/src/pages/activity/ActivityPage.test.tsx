import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import { seedActivity } from "@/platform/fake/activity";
import { connectionOf, fail, note } from "@/platform/fake/world";
import { renderApp } from "@/testing/render";

const seeded = (count: number) => ({
  arrange: (world: Parameters<typeof seedActivity>[0]) => seedActivity(world, count),
});

describe("the activity", () => {
  it("says who did what, where, why, and how it ended", async () => {
    renderApp("/activity", seeded(6));
    const partial = await screen.findByRole("row", { name: /payment\.retry/u });
    const text = partial.textContent ?? "";
    for (const part of [
      "camille",
      "commands-prod",
      "prod",
      "replay",
      "1,873",
      "INC-2291",
      "partly",
      "exchange commands · payment.retry",
    ]) {
      expect(text).toContain(part);
    }
    expect(screen.getByText("6 entries")).toBeTruthy();
  });

  it("opens an entry in full by keyboard, and closes it with Escape", async () => {
    const { user } = renderApp("/activity", seeded(6));
    await screen.findByRole("row", { name: /payment\.retry/u });
    screen.getByRole("grid").focus();
    await user.keyboard("jj{Enter}");
    const entry = within(await screen.findByRole("complementary", { name: "Entry" }));
    expect(entry.getByText("1,861 records")).toBeTruthy();
    expect(entry.getByText(/^12 unroutable · run/u)).toBeTruthy();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("complementary")).toBeNull());
  });

  it("loads older entries by cursor, a hundred at a time", async () => {
    const { user, fake } = renderApp("/activity", seeded(230));
    const list = vi.spyOn(fake.commands, "listActivity");
    expect(await screen.findByText("100 entries shown")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Load older entries" }));
    expect(await screen.findByText("200 entries shown")).toBeTruthy();
    expect(list.mock.lastCall?.[0]).toMatchObject({ before: "seed-99", limit: 100 });
    await user.click(screen.getByRole("button", { name: "Load older entries" }));
    expect(await screen.findByText("230 entries")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Load older entries" })).toBeNull();
  });

  it("keeps what is shown where the older ones do not come", async () => {
    const { user, fake } = renderApp("/activity", seeded(130));
    await screen.findByText("100 entries shown");
    fake.world.failing.set("listActivity", fail("storage", "the ledger cannot be read"));
    await user.click(screen.getByRole("button", { name: "Load older entries" }));
    expect(await screen.findByText(/the ledger cannot be read\./u)).toBeTruthy();
    expect(screen.getByText("100 entries shown")).toBeTruthy();
    fake.world.failing.clear();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("130 entries")).toBeTruthy();
  });

  it("shows a change as soon as Rust says that there is one", async () => {
    const { fake } = renderApp("/activity", seeded(3));
    await screen.findByText("3 entries");
    note(fake.world, connectionOf(fake.world, "commands-dev"), {
      action: "hold",
      object: "fresh.queue",
      count: "1",
      outcome: "pending",
    });
    expect(await screen.findByRole("row", { name: /fresh\.queue/u })).toBeTruthy();
    expect(screen.getByText("under way")).toBeTruthy();
  });

  it("keeps the entry open that was opened, whatever is written meanwhile", async () => {
    const { user, fake } = renderApp("/activity", seeded(100));
    await screen.findByText("100 entries");
    const write = (object: string): void =>
      note(fake.world, connectionOf(fake.world, "commands-dev"), {
        action: "hold",
        object,
        count: "1",
        outcome: "pending",
      });
    screen.getByRole("grid").focus();
    await user.keyboard("jj{Enter}");
    const entry = within(await screen.findByRole("complementary", { name: "Entry" }));
    expect(entry.getByText("1,861 records")).toBeTruthy();
    write("fresh.queue");
    await screen.findByRole("row", { name: /fresh\.queue/u });
    expect(entry.getByText("1,861 records")).toBeTruthy();
    expect(entry.queryByText(/task_queue\.dlq/u)).toBeNull();

    // The last one is pushed out of the page that is loaded, and stays open all the same.
    screen.getByRole("grid").focus();
    await user.keyboard("{End}");
    const title = entry.getByRole("heading").textContent;
    const reason = screen.getByRole("complementary").textContent;
    write("newer.queue");
    await screen.findByText("100 entries shown");
    expect(entry.getByRole("heading").textContent).toBe(title);
    expect(screen.getByRole("complementary").textContent).toBe(reason);
  });

  it("says what its filter searches, and of what it finds nothing that it searched only that", async () => {
    const { user } = renderApp("/activity", { ...seeded(6), language: "fr" });
    const filter = await screen.findByRole("textbox", { name: "Filtrer" });
    expect(filter.getAttribute("placeholder")).toBe("Nom, opérateur ou motif");
    await user.type(filter, "rejeu");
    expect(
      await screen.findByText(/seuls les mots anglais du journal sont cherchés/u),
    ).toBeTruthy();
  });

  it("filters by text and by connection in the ledger", async () => {
    const { user, fake } = renderApp("/activity", seeded(60));
    const list = vi.spyOn(fake.commands, "listActivity");
    await user.type(await screen.findByRole("textbox", { name: "Filter" }), "unroutable");
    // Part of the word finds as many: the question is what tells that all of it was asked.
    await waitFor(() =>
      expect(list.mock.lastCall?.[0]).toMatchObject({ text: "unroutable", connection: null }),
    );
    expect(await screen.findByText("10 entries")).toBeTruthy();

    await user.click(screen.getByRole("combobox", { name: "Connection" }));
    await user.click(await screen.findByRole("option", { name: /commands-dev/u }));
    expect(await screen.findByText("No entry matches")).toBeTruthy();
    expect(list.mock.lastCall?.[0]).toMatchObject({
      text: "unroutable",
      connection: "commands-dev",
    });
    await user.click(screen.getByRole("button", { name: "Show all entries" }));
    expect(await screen.findByText("60 entries")).toBeTruthy();
  });

  it("names a connection as it was, and says what became of it since", async () => {
    const { user } = renderApp("/activity", {
      arrange: (world) => {
        seedActivity(world, 3);
        const commands = connectionOf(world, "commands-prod");
        commands.form = { ...commands.form, name: "commands-live" };
        const [first] = world.activity;
        if (first !== undefined)
          world.activity[0] = { ...first, connection: "gone", connectionName: "old-mq" };
      },
    });
    await user.click(await screen.findByText("old-mq"));
    const entry = within(await screen.findByRole("complementary", { name: "Entry" }));
    expect(entry.getByText("removed since")).toBeTruthy();
    await user.keyboard("j");
    expect(await entry.findByText("now called commands-live")).toBeTruthy();
    expect(entry.getByText(/^commands-prod/u)).toBeTruthy();
  });

  it("says its verbs in French, and one of another version in its own words", async () => {
    renderApp("/activity", {
      language: "fr",
      arrange: (world) => {
        seedActivity(world, 3);
        const [first] = world.activity;
        if (first !== undefined)
          world.activity[0] = { ...first, verb: null, action: "dead-letter" };
      },
    });
    expect(await screen.findByText("retrait")).toBeTruthy();
    expect(screen.getByText("rejeu")).toBeTruthy();
    expect(screen.getByText("dead-letter")).toBeTruthy();
  });

  it("words kinds and numbers itself, and shows as it is what an earlier version wrote", async () => {
    const { user } = renderApp("/activity", { ...seeded(6), language: "fr" });
    const open = async (name: RegExp): Promise<string> => {
      await user.click(await screen.findByRole("row", { name }));
      return (await screen.findByRole("complementary", { name: "Entrée" })).textContent;
    };
    expect(await open(/file task_queue\.dlq/u)).toContain("Détail50 rendus, 0 retiré");
    expect(await open(/exchange commands · payment\.retry/u)).toContain(
      "orders-prod / topic orders.payment-failed",
    );
    const unlock = await open(/déverrouillage/u);
    expect(unlock).toContain("Détailpendant 15 min");
    for (const absent of ["Nombre", "Origine"]) expect(unlock).not.toContain(absent);
    expect(await open(/emails/u)).toContain(
      "the change was interrupted before its result was known",
    );
  });

  it("leaves every word of an action whole, in French too", async () => {
    renderApp("/activity", { ...seeded(1), language: "fr" });
    const header = await screen.findByRole("columnheader", { name: /^Action/u });
    expect(Number.parseInt(header.style.width, 10)).toBeGreaterThanOrEqual(112);
  });

  it("says what would be here, and what went wrong", async () => {
    const { user, fake } = renderApp("/activity", {
      arrange: (world) =>
        void world.failing.set("listActivity", fail("storage", "the disk is gone")),
    });
    expect(await screen.findByText("the disk is gone.")).toBeTruthy();
    fake.world.failing.clear();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Nothing has been changed yet")).toBeTruthy();
  });
});
