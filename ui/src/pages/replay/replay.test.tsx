import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";

import type { ReplayEvent, ReplayPreview, ReplayReport, ReplayRequest } from "@/platform/bindings";
import { fail } from "@/platform/fake/world";
import { renderApp, type RenderOptions, type Rendered } from "@/testing/render";

import { draftOf, NOWHERE, targetOf } from "./target";
import { needsCount } from "./words";

const sheet = () => within(screen.getByRole("dialog", { name: /^Replay/ }));

/** Selects `count` records of the topic and opens the sheet. */
async function openSheet(count: number, options: RenderOptions = {}): Promise<Rendered> {
  const app = renderApp("/c/orders-prod/topics/=orders~2Epayment-failed", options);
  await screen.findByText("c-48812");
  for (let row = 1; row <= count; row += 1)
    await app.user.click(screen.getByRole("checkbox", { name: `Select row ${row}` }));
  await app.user.click(screen.getByRole("button", { name: `Replay ${count}…` }));
  await screen.findByRole("dialog", { name: /^Replay/ });
  return app;
}

async function choose(app: Rendered, connection: string, topic?: string): Promise<void> {
  await app.user.click(sheet().getByRole("combobox", { name: "Target" }));
  await app.user.click(await screen.findByRole("option", { name: new RegExp(`^${connection}`) }));
  if (topic === undefined) return;
  await app.user.type(await sheet().findByRole("combobox", { name: "Topic" }), topic);
  await app.user.keyboard("{Escape}");
}

const confirm = (count: number): HTMLElement =>
  sheet().getByRole("button", { name: `Replay ${count} ${count === 1 ? "record" : "records"}` });

/** What the sheet says under a name. */
const fact = (name: string): string | undefined =>
  within(screen.getByRole("dialog"))
    .getAllByRole("term")
    .find((term) => term.textContent === name)
    ?.parentElement?.querySelector("dd")?.textContent;

const bar = () => within(screen.getByRole("contentinfo"));

/** Starts a replay of `count` that takes its time, and closes the sheet at once. */
async function startAndClose(app: Rendered, count: number): Promise<void> {
  await choose(app, "orders-staging", "orders.created.v1");
  await waitFor(() => expect(confirm(count).getAttribute("aria-disabled")).not.toBe("true"));
  app.fake.world.latency = 5;
  await app.user.click(confirm(count));
  await sheet().findByRole("button", { name: "Stop" });
  await app.user.click(sheet().getByRole("button", { name: "Close" }));
}

/** The report of two that went well. */
const WELL: ReplayReport = {
  end: "finished",
  failure: null,
  selected: 2,
  leftOut: 0,
  notSent: 0,
  sent: 2,
  confirmed: 2,
  unroutable: 0,
  failed: 0,
  unsure: 0,
  removed: 0,
  notRemoved: 0,
  removalUnsure: 0,
  tookMillis: "5",
  results: [],
};

const openStaging: RenderOptions = {
  arrange: (world) => {
    for (const connection of world.connections) connection.state = connection.opens;
  },
};

describe("the sheet", () => {
  test("previews, runs and reports each message", async () => {
    const app = await openSheet(2, openStaging);
    expect(confirm(2).getAttribute("aria-description")).toBe("Say where to first");
    expect(sheet().getByText("Say where to first")).toBeDefined();
    await choose(app, "orders-staging", "orders.created.v1");
    const checks = within(await sheet().findByRole("list", { name: "Checks" }));
    expect(checks.getByText("All that is selected can be read")).toBeDefined();
    expect(checks.getByText("2 were replayed before, at most 1 ×")).toBeDefined();
    expect(sheet().getByText("nothing: key, headers and body are exact")).toBeDefined();
    await waitFor(() => expect(confirm(2).getAttribute("aria-disabled")).not.toBe("true"));
    expect(sheet().queryByText(/Type the count/)).toBeNull();
    await app.user.click(confirm(2));
    expect(await sheet().findByText("Done: 2 of 2 confirmed")).toBeDefined();
    expect(screen.getByRole("dialog", { name: "Replayed" })).toBeDefined();
    expect(sheet().getAllByRole("button", { name: "Close" })).toHaveLength(1);
    const results = within(sheet().getByRole("grid", { name: "Result of each" }));
    expect(results.getByRole("columnheader", { name: /^Where it is/ })).toBeDefined();
    expect(results.getAllByText("confirmed")).toHaveLength(2);
    expect(results.getByText("P 7 · 891,684")).toBeDefined();
    expect(app.fake.world.activity[0]?.action).toBe("replay");
  });

  test("a read-only target is unlocked right there, and production asks to type the count", async () => {
    const app = await openSheet(3);
    await choose(app, "orders-prod", "orders.created.v1");
    expect(await sheet().findByText("The target is in production")).toBeDefined();
    expect(confirm(3).getAttribute("aria-description")).toBe("Unlock the target first");
    await app.user.click(sheet().getByRole("button", { name: "Unlock…" }));
    await app.user.type(screen.getByRole("textbox", { name: "Reason" }), "INC-2291{Enter}");
    expect(await sheet().findByText("INC-2291")).toBeDefined();
    expect(confirm(3).getAttribute("aria-description")).toBe("Type the count first");
    // Among the checks, and beside the button as the reason for the count.
    expect(sheet().getAllByText("The target is in production")).toHaveLength(2);
    const count = sheet().getByRole("textbox", { name: "Type the count, 3, to allow it" });
    await app.user.type(count, "30");
    expect(sheet().getByText("The count is 3")).toBeDefined();
    await app.user.click(confirm(3));
    expect(app.fake.calls.filter((call) => call.name === "startReplay")).toHaveLength(0);
    await app.user.clear(count);
    await app.user.type(count, "3");
    await app.user.click(confirm(3));
    expect(await sheet().findByText("Done: 3 of 3 confirmed")).toBeDefined();
    expect(app.fake.calls.find((call) => call.name === "startReplay")?.args[0]).toMatchObject({
      count: 3,
      goOn: false,
    });
  });

  test("to an exchange says what cannot be carried and which queue receives it", async () => {
    const app = await openSheet(1, openStaging);
    await choose(app, "commands-dev");
    await app.user.click(await sheet().findByRole("combobox", { name: "Exchange" }));
    await app.user.click(await screen.findByRole("option", { name: /^commands/ }));
    expect(await sheet().findByText(/The key becomes the header kafka.key/)).toBeDefined();
    expect(sheet().getByText(/Milliseconds of the time are cut/)).toBeDefined();
    expect(sheet().getByText(/task_queue/)).toBeDefined();
    await app.user.click(sheet().getByRole("radio", { name: "Fixed" }));
    await app.user.type(sheet().getByRole("textbox", { name: "Key" }), "payment.retry");
    expect(await sheet().findByText("key payment.retry")).toBeDefined();
    await waitFor(() => expect(confirm(1).getAttribute("aria-disabled")).not.toBe("true"));
    expect(fact("To")).toBe("exchange commands, routing key payment.retrycommands-dev dev");
    expect(fact("Records")).toBe("1, frozen · 318 B, 512 B as sent");
    expect(fact("Will differ")).toContain("Headers with the same name become one list: retry");
    expect(sheet().getByText("Every message reaches a queue")).toBeDefined();
    await app.user.click(confirm(1));
    expect(await sheet().findByText("Done: 1 of 1 confirmed")).toBeDefined();
    expect(sheet().queryByRole("columnheader", { name: /^Where it is/ })).toBeNull();
  });

  test("the default exchange asks for a queue, and waits until there is one", async () => {
    const app = await openSheet(1, openStaging);
    await choose(app, "commands-dev");
    await app.user.click(await sheet().findByRole("combobox", { name: "Exchange" }));
    await app.user.click(await screen.findByRole("option", { name: /straight to a queue/ }));
    expect(confirm(1).getAttribute("aria-description")).toBe("Say where to first");
    await app.user.type(sheet().getByRole("textbox", { name: "Queue" }), "task_queue");
    await waitFor(() => expect(confirm(1).getAttribute("aria-disabled")).not.toBe("true"));
  });

  test("what cannot be known before says so, and why", async () => {
    const app = await openSheet(1, openStaging);
    const { commands } = app.fake;
    const previewed = commands.previewReplay;
    vi.spyOn(commands, "previewReplay").mockImplementation(async (request) => {
      const preview = await previewed(request);
      const checks = preview.checks.map((check) =>
        check.kind === "size" ? { ...check, state: "unknown" as const } : check,
      );
      return { ...preview, checks };
    });
    await choose(app, "commands-dev");
    await app.user.click(await sheet().findByRole("combobox", { name: "Exchange" }));
    await app.user.click(await screen.findByRole("option", { name: /^commands/ }));
    expect(
      await sheet().findByText(/is not known: RabbitMQ does not say how large a message may be/),
    ).toBeDefined();
    expect(sheet().queryByText("Every copy is small enough")).toBeNull();
    await choose(app, "orders-staging", "orders.created.v1");
    expect(await sheet().findByText(/max\.message\.bytes cannot be read/)).toBeDefined();
  });

  test("says all of it in French, and counts 1 and 0 as one", async () => {
    const app = renderApp("/c/orders-prod/topics/=orders~2Epayment-failed", {
      ...openStaging,
      language: "fr",
    });
    await app.user.click(await screen.findByText("c-48812"));
    await app.user.keyboard("r");
    const dialog = (): ReturnType<typeof within> => within(screen.getByRole("dialog"));
    await app.user.click(dialog().getByRole("combobox", { name: "Cible" }));
    await app.user.click(await screen.findByRole("option", { name: /^commands-dev/ }));
    await app.user.click(await dialog().findByRole("combobox", { name: "Exchange" }));
    await app.user.click(await screen.findByRole("option", { name: /^commands/ }));
    const differs = await dialog().findByText(/^Les en-têtes de même nom/);
    expect(differs.textContent).toBe("Les en-têtes de même nom deviennent une liste\u00a0: retry");
    expect(fact("Vers")).toBe(
      "exchange commands, clé de routage de chaque messagecommands-dev dév",
    );
    const go = dialog().getByRole("button", { name: "Rejouer 1 message" });
    await waitFor(() => expect(go.getAttribute("aria-disabled")).not.toBe("true"));
    await app.user.click(go);
    expect(await dialog().findByText(/^Terminé\s: 1 confirmé sur 1$/)).toBeDefined();
  });

  test("a target that does not exist says so, and nothing can be started", async () => {
    const app = await openSheet(1, openStaging);
    await choose(app, "orders-staging", "no.such.topic");
    expect((await sheet().findByRole("alert")).textContent).toContain(
      "the topic no.such.topic does not exist.",
    );
    expect(confirm(1).getAttribute("aria-description")).toBe("There is no preview");
  });

  test("a start that is refused is told, and can be previewed again", async () => {
    const app = await openSheet(1, openStaging);
    await choose(app, "orders-staging", "orders.created.v1");
    await waitFor(() => expect(confirm(1).getAttribute("aria-disabled")).not.toBe("true"));
    app.fake.world.failing.set(
      "startReplay",
      fail("changed", "the topic has changed", "look again"),
    );
    await app.user.click(confirm(1));
    expect((await sheet().findByRole("alert")).textContent).toContain("the topic has changed.");
    app.fake.world.failing.clear();
    await app.user.click(sheet().getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(confirm(1).getAttribute("aria-disabled")).not.toBe("true"));
    await app.user.click(confirm(1));
    expect(await sheet().findByText("Done: 1 of 1 confirmed")).toBeDefined();
  });

  test("stops when told to, and says what was not sent", async () => {
    const app = await openSheet(3, openStaging);
    await choose(app, "orders-staging", "orders.created.v1");
    await waitFor(() => expect(confirm(3).getAttribute("aria-disabled")).not.toBe("true"));
    app.fake.world.latency = 5;
    await app.user.click(confirm(3));
    await app.user.click(await sheet().findByRole("button", { name: "Stop" }));
    expect(await sheet().findByText(/^Stopped: \d of 3 confirmed$/)).toBeDefined();
    expect(sheet().getByText(/not sent/, { selector: "p" })).toBeDefined();
    expect(app.fake.world.activity[0]?.outcome).toBe("partial");
  });

  test("goes on when the sheet is closed, and tells of its end; the report is there to be opened", async () => {
    const app = await openSheet(2, openStaging);
    await startAndClose(app, 2);
    expect(bar().getByText(/Replay to orders-staging · \d of 2/)).toBeDefined();
    const account = "Replay to orders-staging · Done: 2 of 2 confirmed";
    const button = await bar().findByRole("button", { name: account });
    expect(screen.getAllByText(account), "as news, and in the bar").toHaveLength(2);
    expect(bar().queryByText(/of 2$/)).toBeNull();
    await app.user.click(button);
    const dialog = within(await screen.findByRole("dialog", { name: "Replay to orders-staging" }));
    expect(dialog.getAllByText("confirmed")).toHaveLength(2);
    await app.user.click(dialog.getByRole("button", { name: "Close" }));
    await waitFor(() => expect(bar().queryByRole("button", { name: account })).toBeNull());
  });

  test("is stopped by keyboard from the status bar once its sheet is closed", async () => {
    const app = await openSheet(3, openStaging);
    await startAndClose(app, 3);
    const stop = bar().getByRole("button", { name: "Stop the replay to orders-staging" });
    stop.focus();
    await app.user.keyboard("{Enter}");
    expect(app.fake.calls.filter((call) => call.name === "stopReplay")).toHaveLength(1);
    const stopping = bar().getByRole("button", {
      name: "The replay to orders-staging is stopping: what is in flight is settled first",
    });
    expect(stopping.getAttribute("aria-disabled")).toBe("true");
    // What is not all well says how many, in full; screen readers have it a second time.
    const news = await screen.findAllByText(
      /^Replay to orders-staging · Stopped: \d of 3 confirmed · \d not sent$/,
    );
    expect(news.length).toBeGreaterThan(0);
    expect(await bar().findByRole("button", { name: /Stopped: \d of 3 confirmed$/ })).toBeDefined();
  });

  test.each<[string, Partial<ReplayReport>, RegExp]>([
    [
      "a lost target",
      { end: "target_lost", confirmed: 0, notSent: 1, unsure: 1 },
      /The target was lost: 0 of 2 confirmed · 1 unsure · 1 not sent$/,
    ],
    [
      "originals that are still in the queue",
      { removed: 1, notRemoved: 1 },
      /Done: 2 of 2 confirmed · 1 removed from the queue · 1 copied but still in the queue$/,
    ],
  ])("%s is told as bad news with its counts, and kept", async (_what, change, expected) => {
    const app = await openSheet(2, openStaging);
    const channels: ((event: ReplayEvent) => void)[] = [];
    vi.spyOn(app.fake.commands, "startReplay").mockImplementation(async (_order, events) => {
      channels.push(events.onmessage);
      return "job";
    });
    await startAndClose(app, 2);
    act(() => {
      for (const tell of channels) tell({ event: "finished", report: { ...WELL, ...change } });
    });
    const news = await screen.findAllByText(expected);
    expect(news.map((text) => text.closest<HTMLElement>("[data-tone]")?.dataset["tone"])).toContain(
      "bad",
    );
    const kept = await bar().findByRole("button", { name: /^Replay to orders-staging/ });
    expect(kept.dataset["tone"]).toBe("bad");
    await app.user.click(kept);
    const dialog = within(await screen.findByRole("dialog", { name: "Replay to orders-staging" }));
    expect(dialog.getByRole("status").textContent).toMatch(expected);
  });

  test("while its replay runs no other selection takes its place, and says why", async () => {
    const app = await openSheet(2, openStaging);
    await choose(app, "orders-staging", "orders.created.v1");
    await waitFor(() => expect(confirm(2).getAttribute("aria-disabled")).not.toBe("true"));
    app.fake.world.latency = 5;
    await app.user.click(confirm(2));
    await sheet().findByRole("button", { name: "Stop" });
    await app.user.click(screen.getByRole("checkbox", { name: "Select row 5" }));
    const why = /^A replay runs in the panel beside the list/;
    expect(
      screen.getByRole("button", { name: "Replay 3…" }).getAttribute("aria-description"),
    ).toMatch(why);
    screen.getByRole("grid", { name: /^Records/ }).focus();
    await app.user.keyboard("r");
    expect((await screen.findAllByText(why)).length).toBeGreaterThan(0);
    expect(screen.getByRole("dialog", { name: "Replaying 2 records" })).toBeDefined();
    expect(await sheet().findByText("Done: 2 of 2 confirmed")).toBeDefined();
    // What is shown from now on is of what is selected now.
    await app.user.click(screen.getByRole("button", { name: "Replay 3…" }));
    expect(screen.getByRole("dialog", { name: "Replay 3 records" })).toBeDefined();
    expect(sheet().queryByText("Done: 2 of 2 confirmed")).toBeNull();
    expect(sheet().getByText("Say where to first")).toBeDefined();
  });

  test("another selection is another order: nothing entered for the one before stays", async () => {
    const app = await openSheet(1, openStaging);
    await choose(app, "orders-staging", "orders.created.v1");
    await waitFor(() => expect(confirm(1).getAttribute("aria-disabled")).not.toBe("true"));
    await app.user.click(screen.getByRole("checkbox", { name: "Select row 2" }));
    await app.user.click(screen.getByRole("button", { name: "Replay 2…" }));
    expect(confirm(2).getAttribute("aria-description")).toBe("Say where to first");
  });

  test("a count typed for one target does not start another", async () => {
    const app = await openSheet(3, {
      arrange: (world) => {
        openStaging.arrange?.(world);
        for (const connection of world.connections) connection.form.access = "open";
      },
    });
    await choose(app, "orders-prod", "orders.created.v1");
    const count = () => sheet().findByRole("textbox", { name: "Type the count, 3, to allow it" });
    await app.user.type(await count(), "3");
    await waitFor(() => expect(confirm(3).getAttribute("aria-disabled")).not.toBe("true"));
    const topic = sheet().getByRole("combobox", { name: "Topic" });
    await app.user.clear(topic);
    await app.user.type(topic, "orders.updated.v1");
    await app.user.keyboard("{Escape}");
    await waitFor(() => expect(fact("To")).toContain("orders.updated.v1"));
    await waitFor(() =>
      expect(confirm(3).getAttribute("aria-description")).toBe("Type the count first"),
    );
    expect(((await count()) as HTMLInputElement).value).toBe("");
  });

  test("without a list of exchanges, none is the default exchange, which asks for a queue", async () => {
    const app = await openSheet(1, {
      arrange: (world) => {
        openStaging.arrange?.(world);
        world.failing.set("listExchanges", fail("unsupported", "there is no management API"));
      },
    });
    await choose(app, "commands-dev");
    const exchange = await sheet().findByRole("textbox", { name: "Exchange" });
    expect(await sheet().findByRole("textbox", { name: "Queue" })).toBeDefined();
    await app.user.type(exchange, "x");
    expect(sheet().queryByRole("textbox", { name: "Queue" })).toBeNull();
    await app.user.clear(exchange);
    expect(confirm(1).getAttribute("aria-description")).toBe("Say where to first");
    await app.user.type(sheet().getByRole("textbox", { name: "Queue" }), "task_queue");
    await waitFor(() => expect(confirm(1).getAttribute("aria-disabled")).not.toBe("true"));
    const targets = app.fake.calls.flatMap((call) =>
      call.name === "previewReplay" ? [(call.args[0] as ReplayRequest).target] : [],
    );
    const queue = { to: "exchange", exchange: "", routingKey: "task_queue" };
    expect(targets.at(-1)).toMatchObject(queue);
    // Never each to the queue that its own key happens to name.
    expect(targets).not.toContainEqual(expect.objectContaining({ exchange: "", routingKey: null }));
  });

  test("why messages are left out, and why more may be reached, is read", async () => {
    const app = await openSheet(2, openStaging);
    const { commands } = app.fake;
    const previewed = commands.previewReplay;
    vi.spyOn(commands, "previewReplay").mockImplementation(async (request) => ({
      ...(await previewed(request)),
      sendable: 1,
      refusals: [
        { why: "unroutable", messages: 1, failure: fail("unroutable", "no queue is bound to it") },
      ],
      routes: [
        {
          routingKey: "k",
          messages: 1,
          queues: ["task_queue"],
          unknown: { why: "more_than_key", exchange: "commands", kind: "headers" },
        },
      ],
    }));
    await choose(app, "commands-dev");
    await app.user.click(await sheet().findByRole("combobox", { name: "Exchange" }));
    await app.user.click(await screen.findByRole("option", { name: /^commands/ }));
    expect(
      await sheet().findByText(/^1: no queue would receive it\. .*no queue is bound to it/),
    ).toBeDefined();
    expect(
      sheet().getByText(/and perhaps more: the exchange commands of type headers decides by more/),
    ).toBeDefined();
    expect(fact("Records")).toContain("1 of 2 can be sent, frozen");
  });

  test("a target that is being connected says so beside the button", async () => {
    const app = await openSheet(1);
    app.fake.world.silent.add("openConnection");
    await choose(app, "orders-staging");
    const connect = await sheet().findByRole("button", { name: "Connect" });
    await app.user.click(connect);
    await waitFor(() =>
      expect(connect.getAttribute("aria-description")).toBe("orders-staging is being connected"),
    );
  });

  test("Esc leaves without doing anything, and the preview is forgotten", async () => {
    const app = await openSheet(1, openStaging);
    await choose(app, "orders-staging", "orders.created.v1");
    await waitFor(() => expect(confirm(1).getAttribute("aria-disabled")).not.toBe("true"));
    await app.user.keyboard("{Escape}");
    expect(screen.queryByRole("dialog", { name: /^Replay/ })).toBeNull();
    const names = app.fake.calls.map((call) => call.name);
    expect(names).not.toContain("startReplay");
    const previews = names.filter((name) => name === "previewReplay").length;
    await waitFor(() =>
      expect(app.fake.calls.filter((call) => call.name === "dropPreview")).toHaveLength(previews),
    );
  });
});

describe("what must be typed", () => {
  const preview = (change: Partial<ReplayPreview>): ReplayPreview => ({
    id: "p",
    source: { name: "a", environment: "dev" },
    target: { name: "b", environment: "dev" },
    place: { kind: "topic", name: "t" },
    selected: 1,
    sendable: 1,
    originalBytes: "1",
    bytes: "1",
    largest: "1",
    addedHeaders: [],
    changes: [],
    refusals: [],
    routes: [],
    warnings: [],
    checks: [],
    removeAtSource: false,
    ...change,
  });

  test.each([
    ["one message in dev", {}, false],
    ["a hundred in staging", { sendable: 100 }, false],
    ["more than a hundred", { sendable: 101 }, true],
    ["anything into production", { target: { name: "b", environment: "production" } }, true],
    ["anything that removes the original", { removeAtSource: true }, true],
  ] as const)("the count, for %s: %s", (_what, change, typed) => {
    expect(needsCount(preview(change))).toBe(typed);
  });
});

describe("targets", () => {
  test("what is given is what is asked for", () => {
    const target = {
      to: "exchange",
      connection: "c",
      exchange: "",
      routingKey: "task_queue",
    } as const;
    expect(targetOf(draftOf(target), "rabbitmq")).toStrictEqual(target);
    const topic = {
      to: "topic",
      connection: "c",
      topic: "t",
      partition: { choice: "fixed", partition: 3 },
      time: "now",
    } as const;
    expect(targetOf(draftOf(topic), "kafka")).toStrictEqual(topic);
  });

  test("a fixed partition needs its number", () => {
    const draft = { ...NOWHERE, connection: "c", topic: "t", partition: "fixed" } as const;
    expect(targetOf(draft, "kafka")).toBeNull();
    expect(targetOf({ ...draft, partitionNumber: "x" }, "kafka")).toBeNull();
    expect(targetOf({ ...draft, partitionNumber: "0" }, "kafka")).not.toBeNull();
  });
});
