import { act, screen, waitFor, within } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, test } from "vitest";

import { useToast, useToastsOf } from "@/components/Toast/Toast";
import type { LeaveAsked } from "@/platform/bindings";
import type { Fake } from "@/platform/fake";
import { deskOf } from "@/platform/fake/connections";
import { fail, type World } from "@/platform/fake/world";
import { preferences } from "@/preferences";
import { renderApp, renderPart } from "@/testing/render";

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

  test("counts queues as the list beside it does, whichever was asked last", async () => {
    const { user, fake } = renderApp("/c/commands-dev/queues");
    const grid = await screen.findByRole("grid", { name: "Queues of commands-dev" });
    const rows = (): number => Number(grid.getAttribute("aria-rowcount")) - 1;
    const count = async (): Promise<string | undefined> => {
      const links = await (await navigation()).findAllByRole("link", { name: /^Queues \d/u });
      const own = links.find((link) => link.getAttribute("href")?.includes("commands-dev"));
      return own?.textContent?.replace(",", "");
    };
    const before = rows();
    await waitFor(async () => expect(await count()).toBe(`Queues ${before}`));
    const list = fake.commands.listQueues;
    fake.commands.listQueues = async (connection, query) => {
      const page = await list(connection, query);
      const [first] = page.rows;
      const more = first === undefined ? page.rows : [...page.rows, { ...first, name: "one more" }];
      return { rows: more, total: page.total + 1 };
    };
    await user.click(screen.getByRole("button", { name: "Refresh" }));
    await waitFor(() => expect(rows()).toBe(before + 1));
    await waitFor(async () => expect(await count()).toBe(`Queues ${before + 1}`));
    // A filter shows fewer of them; there are as many as before.
    await user.type(screen.getByLabelText("Filter by name"), "one more");
    await waitFor(() => expect(rows()).toBeLessThan(before));
    expect(await count()).toBe(`Queues ${before + 1}`);
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
    expect((await screen.findByRole("alert")).textContent).toContain("orders-prod went away");
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
    expect(alert.textContent).toContain("the ledger cannot be written. Free some space.");
  });
});

describe("an unlock that is on its way", () => {
  test("is not called off by closing its dialog", async () => {
    const { user, fake } = renderApp("/c/orders-prod/topics", {
      arrange: (world) => void world.silent.add("unlock"),
    });
    await user.click(await (await navigation()).findByRole("button", { name: "Unlock…" }));
    await user.type(await screen.findByRole("textbox", { name: "Reason" }), "INC-1{Enter}");
    await user.keyboard("{Escape}");
    const cancel = screen.getByRole("button", { name: "Cancel" });
    expect(cancel.getAttribute("aria-disabled")).toBe("true");
    await user.click(cancel);
    expect(screen.getByRole("dialog", { name: "Unlock orders-prod" })).toBeDefined();
    expect(fake.calls.filter(({ name }) => name === "unlock")).toHaveLength(1);
  });

  test("says that it was refused also when its dialog has gone", async () => {
    const { user, fake } = renderApp("/c/orders-prod/topics", {
      arrange: (world) => {
        world.slow.set("unlock", 300);
        world.failing.set("unlock", fail("storage", "the ledger cannot be written"));
      },
    });
    await user.click(await (await navigation()).findByRole("button", { name: "Unlock…" }));
    await user.type(await screen.findByRole("textbox", { name: "Reason" }), "INC-1{Enter}");
    // Its connection is removed meanwhile.
    fake.world.connections.shift();
    act(() => {
      for (const listener of fake.world.listeners) listener({ what: "connections" });
    });
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    // Shown, and read out.
    expect(await screen.findAllByText("the ledger cannot be written")).not.toHaveLength(0);
  });
});

describe("what is unlocked", () => {
  const arrange = (world: World): void => {
    for (const index of [0, 1]) {
      const connection = world.connections[index];
      if (connection === undefined) throw new Error("the company has five connections");
      connection.unlocked = { reason: "INC-2291", remainingSeconds: 600 + index };
    }
  };
  const foot = async () =>
    within(await screen.findByRole("region", { name: "What may be changed" }));

  test.each(["/", "/activity", "/connections/new", "/c/orders-staging/topics", "/nowhere"])(
    "is told by name on %s, each with the time it has and its lock",
    async (address) => {
      renderApp(address, { arrange });
      const timers = (await (await foot()).findAllByRole("timer")).map((it) => it.textContent);
      expect(timers).toHaveLength(2);
      expect(timers[0]).toMatch(/^orders-prod (10:00|9:5\d|09:5\d)$/u);
      expect(timers[1]).toMatch(/^commands-prod (10:0\d|9:5\d|09:5\d)$/u);
      expect((await foot()).getByRole("button", { name: "Lock orders-prod" })).toBeDefined();
      expect((await foot()).getByRole("button", { name: "Lock commands-prod" })).toBeDefined();
    },
  );

  test("says its reason as text, not only to a mouse", async () => {
    renderApp("/activity", { arrange });
    expect(await (await foot()).findAllByText("Reason: INC-2291")).toHaveLength(2);
  });

  test("needs no name where it is the connection in view, and comes after the others", async () => {
    const { user, fake } = renderApp("/c/orders-prod/topics", { arrange });
    const timers = (await (await foot()).findAllByRole("timer")).map((it) => it.textContent);
    expect(timers[0]).toMatch(/^commands-prod /u);
    expect(timers[1]).toMatch(/^Unlocked for /u);
    await user.click((await foot()).getByRole("button", { name: "Lock commands-prod" }));
    await waitFor(async () => expect((await foot()).getAllByRole("timer")).toHaveLength(1));
    expect(fake.world.connections[1]?.unlocked).toBeNull();
    expect(fake.world.connections[0]?.unlocked).not.toBeNull();
  });

  test("stands beside a production that is read-only in view", async () => {
    renderApp("/c/commands-prod/queues", {
      arrange: (world) => {
        arrange(world);
        const commands = world.connections[1];
        if (commands !== undefined) commands.unlocked = null;
      },
    });
    expect((await (await foot()).findByRole("timer")).textContent).toMatch(/^orders-prod /u);
    expect((await foot()).getByText("Production is read-only")).toBeDefined();
  });
});

test("a refused connection says what it is, as its own page does", async () => {
  renderApp("/c/legacy-mq/queues");
  const head = within(await screen.findByRole("main"));
  await head.findByRole("heading", { name: "legacy-mq" });
  expect(head.getByText("RabbitMQ")).toBeDefined();
  expect(head.getByText("dev")).toBeDefined();
});

describe("news", () => {
  function Says({ lasting }: { lasting?: "lasting" }) {
    const toast = useToast();
    return <button onClick={() => toast("it is copied", "plain", lasting)}>say</button>;
  }
  function Page({ lasting, page }: { lasting?: "lasting"; page: string }) {
    useToastsOf(page);
    return lasting === undefined ? <Says /> : <Says lasting={lasting} />;
  }
  function Places(props: { lasting?: "lasting" }) {
    const [page, setPage] = useState("/a");
    return (
      <>
        <Page page={page} {...props} />
        <button onClick={() => setPage("/b")}>leave</button>
      </>
    );
  }

  test("of a page goes with the page", async () => {
    const { user } = renderPart(<Places />);
    await user.click(screen.getByRole("button", { name: "say" }));
    const toast = await screen.findByText("it is copied");
    await user.click(screen.getByRole("button", { name: "leave" }));
    await waitFor(() => expect(toast.isConnected).toBe(false), { timeout: 2_000 });
  });

  test("for the next page stays", async () => {
    const { user } = renderPart(<Places lasting="lasting" />);
    await user.click(screen.getByRole("button", { name: "say" }));
    await user.click(screen.getByRole("button", { name: "leave" }));
    expect(await screen.findByText("it is copied")).toBeDefined();
  });
});

describe("palette", () => {
  test("hides Kafka's own topics until asked, and says how many more there are", async () => {
    const { user } = renderApp("/c/orders-prod/topics");
    await screen.findByRole("grid", { name: "Topics" });
    await user.keyboard("{Control>}k{/Control}");
    const group = within(await screen.findByRole("group", { name: "Topics" }));
    expect(group.getAllByRole("option")).toHaveLength(5);
    expect(group.getByText("and 41 more…")).toBeDefined();
    expect(screen.queryByRole("option", { name: /^__consumer_offsets/u })).toBeNull();
    expect(screen.getByRole("option", { name: /^K?orders-prod Kafka production$/u })).toBeDefined();
    await user.keyboard("__cons");
    expect(await screen.findByRole("option", { name: /^__consumer_offsets/u })).toBeDefined();
  });

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
      for (const listener of fake.world.leaving) listener({ held: 50, replays: 0, unsaved: false });
    });
    const dialog = within(await screen.findByRole("dialog", { name: "50 messages are held" }));
    await user.click(dialog.getByRole("button", { name: "Stay" }));
    expect(fake.world.left).toBe(false);
    act(() => {
      for (const listener of fake.world.leaving) listener({ held: 50, replays: 0, unsaved: false });
    });
    await user.click(await screen.findByRole("button", { name: "Return 50 and leave" }));
    expect(fake.world.left).toBe(true);
  });

  test("says that a running replay is stopped", async () => {
    const { user, fake } = renderApp("/");
    await screen.findByRole("grid", { name: "Connections" });
    act(() => {
      for (const listener of fake.world.leaving) listener({ held: 0, replays: 2, unsaved: false });
    });
    const dialog = within(await screen.findByRole("dialog", { name: "2 replays run" }));
    expect(dialog.getByText(/2 replays are stopped once what is on its way/u)).toBeDefined();
    expect(dialog.queryByText(/returns them to their queues/u)).toBeNull();
    await user.click(dialog.getByRole("button", { name: "Stop 2 replays and leave" }));
    expect(fake.world.left).toBe(true);
  });

  const asks = (fake: Fake, asked: Partial<LeaveAsked>): void =>
    act(() => {
      for (const listener of fake.world.leaving)
        listener({ held: 0, replays: 0, unsaved: false, ...asked });
    });

  test("says that a form is not saved", async () => {
    const { user, fake } = renderApp("/");
    await screen.findByRole("grid", { name: "Connections" });
    asks(fake, { unsaved: true });
    const dialog = within(await screen.findByRole("dialog", { name: "Leave without saving?" }));
    expect(dialog.getByText(/What you changed in a connection is not saved/u)).toBeDefined();
    await user.click(dialog.getByRole("button", { name: "Discard changes and leave" }));
    expect(fake.world.left).toBe(true);
  });

  test("tells Rust each time that the question can be seen, so that the system need not ask", async () => {
    const { user, fake } = renderApp("/");
    await screen.findByRole("grid", { name: "Connections" });
    expect(fake.world.leaveShown).toBe(0);
    for (const times of [1, 2]) {
      asks(fake, { held: 3 });
      await screen.findByRole("dialog", { name: "3 messages are held" });
      await waitFor(() => expect(fake.world.leaveShown).toBe(times));
    }
    await user.click(screen.getByRole("button", { name: "Stay" }));
    asks(fake, { held: 3 });
    await waitFor(() => expect(fake.world.leaveShown).toBe(3));
  });

  test("that is under way is not called off", async () => {
    const { user, fake } = renderApp("/");
    await screen.findByRole("grid", { name: "Connections" });
    fake.world.silent.add("leave");
    asks(fake, { held: 3 });
    await user.click(await screen.findByRole("button", { name: "Return 3 and leave" }));
    await user.keyboard("{Escape}");
    await user.click(screen.getByRole("button", { name: "Stay" }));
    expect(screen.getByRole("dialog", { name: "3 messages are held" })).toBeDefined();
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
  expect(notices.getByRole("alert").textContent).toContain("connections.json is truncated.");
  await user.click(notices.getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByRole("region", { name: "Notices" })).toBeNull();
});

test("a question mark shows the keys, but not while someone types", async () => {
  const { user } = renderApp("/c/orders-prod/topics");
  await user.type(await screen.findByRole("searchbox", { name: "Filter by name" }), "?");
  expect(screen.queryByRole("dialog", { name: "Keyboard" })).toBeNull();
  await user.keyboard("{Escape}?");
  const dialog = within(await screen.findByRole("dialog", { name: "Keyboard" }));
  await waitFor(() =>
    expect(document.activeElement).toBe(dialog.getByRole("button", { name: "Close" })),
  );
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.queryByRole("dialog", { name: "Keyboard" })).toBeNull());
});

test("keys have the names that stand on a French keyboard", async () => {
  const { user } = renderApp("/activity", { language: "fr" });
  await screen.findByRole("heading", { name: "Activité" });
  await user.keyboard("?");
  const dialog = await screen.findByRole("dialog", { name: "Clavier" });
  const keys = [...dialog.querySelectorAll("kbd")].map((key) => key.textContent);
  for (const key of ["Échap", "Pg préc.", "Pg suiv.", "Début", "Fin", "Entrée", "Espace", "Maj"])
    expect(keys).toContain(key);
  for (const key of ["Home", "End", "Enter", "Space", "Shift", "Esc"])
    expect(keys).not.toContain(key);
});
