import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { deskOf } from "@/platform/fake/connections";
import { fail } from "@/platform/fake/world";
import { preferences } from "@/preferences";
import { renderApp } from "@/testing/render";

const navigation = async () => within(await screen.findByRole("navigation"));

describe("navigation", () => {
  test("shows each connection with its state, and resources only of open ones", async () => {
    renderApp("/");
    expect(
      await (await navigation()).findByRole("link", { name: /^orders-prod.*, connected/ }),
    ).toBeDefined();
    expect((await navigation()).getByRole("link", { name: /^legacy-mq.*, failed/ })).toBeDefined();
    expect((await navigation()).getByText("TLS refused")).toBeDefined();
    expect(await (await navigation()).findByRole("link", { name: /^Topics \d+$/ })).toBeDefined();
    expect((await navigation()).getAllByRole("link", { name: /^Topics/ })).toHaveLength(1);
  });

  test("a click on a closed connection opens it", async () => {
    const { user, fake } = renderApp("/");
    await user.click(await (await navigation()).findByRole("link", { name: /^orders-staging/ }));
    expect(await screen.findByRole("grid", { name: "Topics" })).toBeDefined();
    expect(fake.world.connections[2]?.state.state).toBe("open");
    expect(
      (await navigation()).getByRole("link", { name: /^orders-staging.*, connected/ }),
    ).toBeDefined();
  });

  test("a failed connection says why, what to do, and is tried again only when asked", async () => {
    const { user, fake } = renderApp("/c/legacy-mq/queues");
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("No secure connection");
    expect(alert.textContent).toContain("expired on 3 Nov 2026");
    expect(alert.textContent).toContain("Renew it on the broker");
    const legacy = fake.world.connections[4];
    if (legacy === undefined) throw new Error("the company has five connections");
    legacy.opens = { state: "open", product: "RabbitMQ 4.0.5" };
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(
      await (await navigation()).findByRole("link", { name: /^legacy-mq.*, connected/ }),
    ).toBeDefined();
  });

  test("a connection that is lost leaves the page as it is, and says so above it", async () => {
    const { fake } = renderApp("/c/orders-prod/topics");
    await screen.findByRole("grid", { name: "Topics" });
    const orders = fake.world.connections[0];
    if (orders === undefined) throw new Error("the company has five connections");
    orders.state = { state: "failed", failure: fail("connection_lost", "orders-prod went away") };
    act(() => {
      for (const listener of fake.world.listeners) listener({ what: "connections" });
    });
    expect((await screen.findByRole("alert")).textContent).toContain("Orders-prod went away");
    expect(screen.getByRole("grid", { name: "Topics" })).toBeDefined();
  });
});

describe("unlock", () => {
  test("asks for the reason once, counts down, and locks again", async () => {
    const { user, fake } = renderApp("/c/orders-prod/topics");
    await user.click(await (await navigation()).findByRole("button", { name: "Unlock…" }));
    const dialog = within(screen.getByRole("dialog", { name: "Unlock orders-prod" }));
    await user.click(dialog.getByRole("button", { name: "Unlock for 15 min" }));
    expect(dialog.getByText("Say why: the reason goes into Activity.")).toBeDefined();
    expect(fake.world.connections[0]?.unlocked).toBeNull();
    await user.type(dialog.getByRole("textbox", { name: "Reason" }), "INC-2291");
    await user.click(dialog.getByRole("radio", { name: "30 min" }));
    await user.keyboard("{Enter}");
    await user.click(dialog.getByRole("button", { name: "Unlock for 30 min" }));
    expect((await (await navigation()).findByRole("timer")).textContent).toMatch(
      /Unlocked for (30:00|29:5\d)/,
    );
    expect(fake.world.connections[0]?.unlocked?.reason).toBe("INC-2291");
    await user.click((await navigation()).getByRole("button", { name: "Lock" }));
    expect(await (await navigation()).findByText("Production is read-only")).toBeDefined();
    expect(fake.world.connections[0]?.unlocked).toBeNull();
  });

  test("a refusal is shown in the dialog", async () => {
    const { user } = renderApp("/c/orders-prod/topics", {
      arrange: (world) =>
        world.failing.set(
          "unlock",
          fail("storage", "the ledger cannot be written", "free some space"),
        ),
    });
    await user.click(await (await navigation()).findByRole("button", { name: "Unlock…" }));
    await user.type(screen.getByRole("textbox", { name: "Reason" }), "INC-1{Enter}");
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The ledger cannot be written. Free some space.");
  });
});

describe("palette", () => {
  test("goes to a topic by a part of its name", async () => {
    const { user, router } = renderApp("/c/orders-prod/topics");
    await screen.findByRole("grid", { name: "Topics" });
    await user.keyboard("{Control>}k{/Control}");
    const input = await screen.findByRole("combobox", { name: "Go to" });
    await waitFor(() => expect(document.activeElement).toBe(input));
    await user.keyboard("payment-f");
    await screen.findByRole("option", { name: /orders.payment-failed/ });
    await user.keyboard("{Enter}");
    await waitFor(() =>
      expect(router.state.matches.at(-1)?.params).toMatchObject({ topic: "orders.payment-failed" }),
    );
    expect(screen.queryByRole("combobox", { name: "Go to" })).toBeNull();
  });

  test("does actions and says what it cannot find", async () => {
    const { user } = renderApp("/");
    await screen.findByRole("grid", { name: "Connections" });
    await user.keyboard("{Control>}k{/Control}");
    await user.keyboard("no such thing");
    expect(await screen.findByText(/Nothing here has that name/)).toBeDefined();
    await user.clear(screen.getByRole("combobox", { name: "Go to" }));
    await user.keyboard("theme light");
    await user.click(await screen.findByRole("option", { name: "Theme: Light" }));
    expect(preferences().theme).toBe("light");
    await waitFor(() => expect(document.documentElement.classList.contains("light")).toBe(true));
  });
});

describe("status bar", () => {
  test("one click changes the time zone for the whole app", async () => {
    const { user } = renderApp("/");
    await user.click(await screen.findByRole("button", { name: /^Time zone/ }));
    expect(preferences().zone).toBe("utc");
    await user.click(screen.getByRole("button", { name: /^Time zone: UTC\./ }));
    expect(screen.getByRole("button", { name: /^Time zone: epoch/ })).toBeDefined();
  });

  test("settings switch the language at once", async () => {
    const { user } = renderApp("/");
    await user.click(await screen.findByRole("button", { name: "Settings" }));
    await user.click(await screen.findByRole("radio", { name: "Français" }));
    expect(await screen.findByRole("heading", { name: "Connexions", level: 1 })).toBeDefined();
  });
});

describe("leaving", () => {
  test("says what leaving does to held messages, and leaves only when told to", async () => {
    const { user, fake } = renderApp("/");
    await screen.findByRole("grid", { name: "Connections" });
    act(() => {
      for (const listener of fake.world.leaving) listener({ held: 50, replays: 0 });
    });
    const dialog = within(await screen.findByRole("dialog", { name: "50 messages are held" }));
    await user.click(dialog.getByRole("button", { name: "Stay" }));
    expect(fake.world.left).toBe(false);
    act(() => {
      for (const listener of fake.world.leaving) listener({ held: 50, replays: 0 });
    });
    await user.click(await screen.findByRole("button", { name: "Return 50 and leave" }));
    expect(fake.world.left).toBe(true);
  });

  test("says that a running replay is stopped", async () => {
    const { user, fake } = renderApp("/");
    await screen.findByRole("grid", { name: "Connections" });
    act(() => {
      for (const listener of fake.world.leaving) listener({ held: 0, replays: 2 });
    });
    const dialog = within(await screen.findByRole("dialog", { name: "2 replays run" }));
    expect(dialog.getByText(/2 replays are stopped once what is on its way/u)).toBeDefined();
    expect(dialog.queryByText(/returns them to their queues/u)).toBeNull();
    await user.click(dialog.getByRole("button", { name: "Stop 2 replays and leave" }));
    expect(fake.world.left).toBe(true);
  });
});

test("a replay that another page started is told by the status bar until it ends", async () => {
  const replay = { id: "r", connection: "orders-prod", object: "orders", of: 100, done: 40 };
  const { fake } = renderApp("/", { arrange: (world) => void world.replays.push(replay) });
  expect(await screen.findByText(/Replay to orders · 40 of 100/u)).toBeDefined();
  fake.world.replays = [];
  await waitFor(() => expect(screen.queryByText(/Replay to orders/u)).toBeNull(), {
    timeout: 5_000,
  });
});

test("a place that does not exist says so and leads home", async () => {
  const { user } = renderApp("/nowhere");
  expect(await screen.findByText("There is nothing here")).toBeDefined();
  await user.click(screen.getByRole("link", { name: "To the connections" }));
  expect(await screen.findByRole("grid", { name: "Connections" })).toBeDefined();
});

test("what was found at the start is shown until it is dismissed", async () => {
  const { user } = renderApp("/", {
    arrange: (world) => {
      deskOf(world).notices = [
        {
          id: "n1",
          failure: fail("storage", "connections.json is truncated", "it was kept aside"),
        },
      ];
    },
  });
  const notices = within(await screen.findByRole("region", { name: "Notices" }));
  expect(notices.getByRole("alert").textContent).toContain("Connections.json is truncated.");
  await user.click(notices.getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByRole("region", { name: "Notices" })).toBeNull();
});

test("a question mark shows the keys, but not while someone types", async () => {
  const { user } = renderApp("/c/orders-prod/topics");
  await user.type(await screen.findByRole("searchbox", { name: "Filter by name" }), "?");
  expect(screen.queryByRole("dialog", { name: "Keyboard" })).toBeNull();
  await user.keyboard("{Escape}?");
  expect(await screen.findByRole("dialog", { name: "Keyboard" })).toBeDefined();
});
