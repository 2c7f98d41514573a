import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";

import type { ReplayPreview } from "@/platform/bindings";
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

  test("goes on when the sheet is closed, and tells of its end", async () => {
    const app = await openSheet(2, openStaging);
    await choose(app, "orders-staging", "orders.created.v1");
    await waitFor(() => expect(confirm(2).getAttribute("aria-disabled")).not.toBe("true"));
    app.fake.world.latency = 5;
    await app.user.click(confirm(2));
    await app.user.click(await sheet().findByRole("button", { name: "Close" }));
    expect(
      within(screen.getByRole("contentinfo")).getByText(/Replay to orders-staging/),
    ).toBeDefined();
    expect(await screen.findByText("Replay to orders-staging: 2 of 2 confirmed")).toBeDefined();
    expect(within(screen.getByRole("contentinfo")).queryByText(/Replay to/)).toBeNull();
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
