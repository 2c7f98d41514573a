import { act, screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import type { HoldFates } from "@/platform/bindings";
import { queuesOf } from "@/platform/fake/queues";
import { emit, fail, type World } from "@/platform/fake/world";
import { renderApp } from "@/testing/render";

const DLQ = "/c/commands-dev/queues/=task_queue~2Edlq";
const LIVE = "/c/commands-dev/queues/=task_queue";

const button = (name: string | RegExp): HTMLElement => screen.getByRole("button", { name });

async function hold(user: UserEvent, count: number): Promise<void> {
  await user.click(await screen.findByRole("button", { name: "Hold…" }));
  const box = await screen.findByRole("textbox", { name: "How many messages" });
  await user.clear(box);
  await user.type(box, String(count));
  await user.click(await screen.findByRole("button", { name: `Hold ${count}` }));
  await screen.findAllByRole("row", { name: /NullPointerException/u });
}

const NO_FATES: HoldFates = {
  returned: 0,
  acknowledged: 0,
  backAtBroker: 0,
  deleted: 0,
  deadLettered: 0,
  deletedByLimit: 0,
  unaccounted: 0,
  unsure: 0,
};

/** An answer that comes when the test says so. */
function deferred<Value>(): { promise: Promise<Value>; reject: (why: unknown) => void } {
  let reject: (why: unknown) => void = () => undefined;
  const promise = new Promise<Value>((_, no) => {
    reject = no;
  });
  return { promise, reject };
}

async function select(user: UserEvent, ...rows: number[]): Promise<void> {
  for (const row of rows) {
    await user.click(screen.getByRole("checkbox", { name: `Select row ${row}` }));
  }
}

/** What the broker counts of the dead-letter queue's consumers, and how many of them are others. */
const counting =
  (consumers: string, otherConsumers: string | null) =>
  (world: World): void => {
    const dlq = queuesOf(world, "commands-dev").find(
      ({ facts }) => facts.name === "task_queue.dlq",
    );
    if (dlq !== undefined) Object.assign(dlq.facts, { consumers, otherConsumers });
  };

/** Messages whose looks are spent, by their number in the queue. */
const spend =
  (...numbers: number[]) =>
  (world: World): void => {
    const dlq = queuesOf(world, "commands-dev").find(
      ({ facts }) => facts.name === "task_queue.dlq",
    );
    for (const number of numbers) dlq?.spent.set(number, 20);
  };

describe("the facts of a queue", () => {
  it("stand as chips, and in full on their own tab", async () => {
    const { user } = renderApp(LIVE);
    expect(await screen.findByText("ready", { exact: false, selector: "span" })).toBeTruthy();
    expect(screen.getByText("RabbitMQ 4.0.5")).toBeTruthy();
    await user.click(screen.getByRole("tab", { name: "Facts" }));
    const facts = within(await screen.findByRole("tabpanel"));
    expect(facts.getByText("20 deliveries")).toBeTruthy();
    expect(facts.getByText("task_queue.dlq", { selector: "code" })).toBeTruthy();
    expect(facts.getByText("x-dead-letter-exchange")).toBeTruthy();
  });

  it("say unknown where the broker says nothing", async () => {
    const { user } = renderApp("/c/commands-dev/queues/=audit~2Eevents");
    expect(await screen.findByText("ready unknown")).toBeTruthy();
    expect(screen.getByText("consumers unknown")).toBeTruthy();
    await user.click(screen.getByRole("tab", { name: "Facts" }));
    expect(await screen.findByText(/the broker gives no statistics for this queue/u)).toBeTruthy();
    expect(screen.getAllByText("unknown").length).toBeGreaterThan(4);
  });

  it("count the consumers that are not this console's own", async () => {
    renderApp(DLQ, { arrange: counting("3", "0") });
    const consumers = await screen.findByTitle(/^3 more are this console’s own/u);
    expect(consumers.textContent).toBe("0 consumers");
  });

  it("do not tell whose consumers they are while that is not certain", async () => {
    renderApp(DLQ, { arrange: counting("3", null) });
    const chip = await screen.findByText("consumers unknown");
    expect(chip.title).toMatch(/^The broker counts 3; how many are this console’s own/u);
  });

  it("are asked for again while statistics are on their way, and no longer", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      const { fake } = renderApp(DLQ);
      const dlq = queuesOf(fake.world, "commands-dev").find(
        ({ facts }) => facts.name === "task_queue.dlq",
      );
      if (dlq !== undefined) dlq.facts = { ...dlq.facts, unacked: null, moreSoon: true };
      expect(await screen.findByText("unacked unknown")).toBeTruthy();
      const get = vi.spyOn(fake.commands, "getQueue");
      if (dlq !== undefined) dlq.facts = { ...dlq.facts, unacked: "0", moreSoon: false };
      await vi.advanceTimersByTimeAsync(5_000);
      await waitFor(() => expect(screen.queryByText("unacked unknown")).toBeNull());
      await vi.advanceTimersByTimeAsync(20_000);
      expect(get).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
    }
  });

  it("are unknown once the broker does not answer any more, and can be asked for again", async () => {
    const { user, fake } = renderApp(DLQ);
    expect((await screen.findByText("4,862")).parentElement?.textContent).toBe("4,862 ready");
    fake.world.failing.set("getQueue", fail("timeout", "the broker did not answer"));
    expect(button("Refresh").title).toMatch(/^As of /u);
    await user.click(button("Refresh"));
    expect(await screen.findByText(/the broker did not answer\./u)).toBeTruthy();
    expect(screen.getByText("ready unknown")).toBeTruthy();
    expect(screen.getByText("unacked unknown")).toBeTruthy();
    expect(screen.getByText("consumers unknown")).toBeTruthy();
    expect(screen.queryByText("4,862")).toBeNull();
    expect(screen.getByText("quorum")).toBeTruthy();
    fake.world.failing.clear();
    await user.click(button("Try again"));
    expect(await screen.findByText("4,862")).toBeTruthy();
    expect(screen.queryByText(/the broker did not answer/u)).toBeNull();
  });

  it("fail in words, with a way to try again", async () => {
    const { user, fake } = renderApp("/c/commands-dev/queues/=gone");
    expect(await screen.findByText("the queue gone does not exist.")).toBeTruthy();
    const get = vi.spyOn(fake.commands, "getQueue");
    await user.click(button("Try again"));
    expect(get).toHaveBeenCalled();
  });
});

describe("before a hold", () => {
  it("the cost is said, and nothing is taken", async () => {
    const { user, fake } = renderApp(DLQ);
    const start = vi.spyOn(fake.commands, "startHold");
    await user.click(await screen.findByRole("button", { name: "Hold…" }));
    const sheet = within(
      await screen.findByRole("dialog", { name: "Hold messages from task_queue.dlq" }),
    );
    expect(await sheet.findByText("returning a message takes one of its looks")).toBeTruthy();
    expect(sheet.getByText("4,862 ready")).toBeTruthy();
    expect(sheet.getByText(/0 to 20 on each/u)).toBeTruthy();
    expect(sheet.getByText("deletes")).toBeTruthy();
    expect(sheet.getByText("24 min, then what is held is returned automatically")).toBeTruthy();
    expect(
      sheet.getByText(/^24 min is 80% of the 30 min that brokers usually allow/u),
    ).toBeTruthy();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(start).not.toHaveBeenCalled();
  });

  it("a count that cannot be is refused in words", async () => {
    const { user, fake } = renderApp(DLQ);
    const preview = vi.spyOn(fake.commands, "previewHold");
    await user.click(await screen.findByRole("button", { name: "Hold…" }));
    const box = await screen.findByRole("textbox", { name: "How many messages" });
    await user.clear(box);
    await user.type(box, "0");
    expect(await screen.findByText("A number from 1 to 1,000.")).toBeTruthy();
    expect(preview.mock.calls.every(([, , count]) => count > 0)).toBe(true);
    expect(button(/^Hold 50/u).getAttribute("aria-disabled")).toBe("true");
  });

  it("a queue that is consumed is copied, unless holding is chosen", async () => {
    const { user, fake } = renderApp(LIVE);
    const start = vi.spyOn(fake.commands, "startHold");
    await user.click(await screen.findByRole("button", { name: "Hold…" }));
    expect(await screen.findByText("3 take messages from this queue now")).toBeTruthy();
    await user.click(screen.getByRole("radio", { name: "hold" }));
    expect(button("Hold 12")).toBeTruthy();
    await user.click(screen.getByRole("radio", { name: "copy" }));
    await user.click(button("Copy 12"));
    expect(await screen.findByText("12 messages copied")).toBeTruthy();
    expect(start).toHaveBeenCalledWith("commands-dev", "task_queue", 12, "copy");
    expect(screen.getAllByText("returned").length).toBe(12);
  });

  it("the unlock's end is told where it comes before the broker's", async () => {
    const { user } = renderApp("/c/commands-prod/queues/=task_queue~2Edlq");
    const page = within(await screen.findByRole("main"));
    await user.click(await page.findByRole("button", { name: "Unlock…" }));
    await user.type(await screen.findByRole("textbox", { name: "Reason" }), "INC-2291");
    await user.click(screen.getByRole("button", { name: /^Unlock for/u }));
    await waitFor(() => expect(button("Hold…").getAttribute("aria-disabled")).not.toBe("true"));
    await user.click(button("Hold…"));
    const ends = /^1[45]:\d\d, when the unlock ends; what is held is then returned/u;
    expect(await screen.findByText(ends)).toBeTruthy();
    expect(screen.queryByText(/80%/u)).toBeNull();
  });

  it("more of a hold is held as it is, and no longer", async () => {
    const { user, fake } = renderApp(DLQ);
    await hold(user, 4);
    const dlq = queuesOf(fake.world, "commands-dev").find(
      ({ facts }) => facts.name === "task_queue.dlq",
    );
    if (dlq !== undefined) Object.assign(dlq.facts, { consumers: "2", otherConsumers: "2" });
    await user.click(button("Hold more…"));
    expect(await screen.findByText("2 take messages from this queue now")).toBeTruthy();
    expect(button("Hold 50")).toBeTruthy();
    expect(screen.queryByRole("radio", { name: "copy" })).toBeNull();
    expect(screen.getByText(/^2[34]:\d\d, like what is held already/u)).toBeTruthy();
  });

  it("is not called back once it is on its way, and a late refusal is told", async () => {
    const { user, fake, router } = renderApp(DLQ);
    const late = deferred<never>();
    vi.spyOn(fake.commands, "startHold").mockReturnValue(late.promise);
    await user.click(await screen.findByRole("button", { name: "Hold…" }));
    await user.click(await screen.findByRole("button", { name: "Hold 50" }));
    const sheet = within(screen.getByRole("dialog", { name: /^Hold messages/u }));
    for (const name of ["Cancel", "Close", "Hold 50"]) {
      const pressed = sheet.getByRole("button", { name });
      expect(pressed.getAttribute("aria-disabled")).toBe("true");
      expect(pressed.title).toMatch(/^The messages are asked for already/u);
    }
    await user.keyboard("{Escape}");
    act(() => document.body.focus());
    await user.keyboard("{Escape}");
    expect(screen.getByRole("dialog", { name: /^Hold messages/u })).toBeTruthy();
    await router.navigate({ to: "/c/$id/queues", params: { id: "commands-dev" } });
    await screen.findByRole("grid", { name: /^Queues of/u });
    late.reject(fail("refused", "the queue is down"));
    expect((await screen.findAllByText(/the queue is down/u)).length).toBeGreaterThan(0);
  });

  it("is never extended in another way than it is in force", async () => {
    const { user, fake } = renderApp(DLQ);
    await hold(user, 2);
    const other = fake.commands.startHold("commands-dev", "task_queue.dlq", 2, "copy");
    await expect(other).rejects.toMatchObject({ code: "changed" });
    const [found] = [...fake.world.holds.values()];
    expect([found?.view.mode, found?.view.rows]).toEqual(["hold", 2]);
  });

  it("a queue that counts no looks has no last one", async () => {
    const { user } = renderApp("/c/commands-dev/queues/=reports~2Enobody");
    await user.click(await screen.findByRole("button", { name: "Hold…" }));
    expect(await screen.findByText(/^no look is counted/u)).toBeTruthy();
    expect(screen.queryByText("After the last look")).toBeNull();
  });

  it("a queue that cannot be held says why", async () => {
    const { user } = renderApp("/c/commands-dev/queues/=orders~2Estream");
    await user.click(await screen.findByRole("button", { name: "Hold…" }));
    const refusal = within(await screen.findByRole("alert"));
    expect(refusal.getByText("The messages of this queue cannot be held")).toBeTruthy();
    expect(refusal.getByText(/It is a stream: reading one takes nothing out of it/u)).toBeTruthy();
    expect(refusal.getByText(/Its length, its consumers .* are under Facts/u)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Hold 50" })).toBeNull();
    await user.click(within(screen.getByRole("main")).getByRole("button", { name: "Close" }));
    expect(await screen.findByRole("button", { name: "Hold…" })).toBeTruthy();
  });

  it("a missing permission says what to ask for, and can be looked at again", async () => {
    const { user, fake } = renderApp("/c/commands-dev/queues/=task_queue");
    fake.world.failing.set(
      "previewHold",
      fail("authorization", "the user support may not read the queue task_queue"),
    );
    await user.click(await screen.findByRole("button", { name: "Hold…" }));
    const refusal = within(await screen.findByRole("alert"));
    expect(refusal.getByText(/may not read this queue/u)).toBeTruthy();
    expect(refusal.getByText(/Ask whoever administers the broker/u)).toBeTruthy();
    expect(refusal.getByText("the user support may not read the queue task_queue.")).toBeTruthy();
    fake.world.failing.clear();
    await user.click(refusal.getByRole("button", { name: "Look again" }));
    expect(await screen.findByRole("button", { name: /^(Hold|Copy) \d+$/u })).toBeTruthy();
  });

  it("a consumer that must be the only one is named, and what can be done", async () => {
    const { user, fake } = renderApp("/c/commands-dev/queues/=task_queue");
    const open = await screen.findByRole("button", { name: "Hold…" });
    const preview = await fake.commands.previewHold("commands-dev", "task_queue", 50);
    vi.spyOn(fake.commands, "previewHold").mockResolvedValue({
      ...preview,
      refusal: { why: "single_active_consumer" },
    });
    await user.click(open);
    expect(await screen.findByText(/single active consumer/u)).toBeTruthy();
    expect(screen.getByText(/Stop that consumer, then look again/u)).toBeTruthy();
  });

  it("a read-only connection says so and offers the unlock", async () => {
    const { user } = renderApp("/c/commands-prod/queues/=task_queue~2Edlq");
    const disabled = await screen.findByRole("button", { name: "Hold…" });
    expect(disabled.getAttribute("aria-disabled")).toBe("true");
    const why = /commands-prod is read-only: holding hides messages from applications/u;
    expect(disabled.getAttribute("title")).toMatch(why);
    const page = within(screen.getByRole("main"));
    expect(page.getByText(why)).toBeTruthy();
    await user.click(page.getByRole("button", { name: "Unlock…" }));
    await user.type(await screen.findByRole("textbox", { name: "Reason" }), "INC-2291");
    await user.click(screen.getByRole("button", { name: /^Unlock for/u }));
    await waitFor(() => expect(button("Hold…").getAttribute("aria-disabled")).not.toBe("true"));
  });
});

describe("while messages are held", () => {
  it("says how many, how long, and what the next looks cost", async () => {
    const { user } = renderApp(DLQ);
    await hold(user, 8);
    const banner = within(screen.getByRole("region", { name: "What is held" }));
    expect(banner.getByText("Holding 8 messages")).toBeTruthy();
    expect(banner.getByRole("timer").textContent).toMatch(
      /Returned automatically in (24:00|23:5\d)/u,
    );
    expect(banner.getByText("17")).toBeTruthy();
    expect(banner.getByText("deletes")).toBeTruthy();
    const head = within(screen.getByRole("main")).getByText("held by you", { exact: false });
    expect(head.textContent).toBe("8 held by you");
    const rows = screen.getAllByRole("row").slice(1);
    expect(rows).toHaveLength(8);
    expect(rows[1]?.textContent).toContain("expired");
    expect(rows[1]?.textContent).toContain("19 / 20");
  });

  it("heads the last column by what is in it, and leaves out exceptions that nobody had", async () => {
    const { user } = renderApp(DLQ);
    await hold(user, 2);
    expect(screen.getByRole("columnheader", { name: /^Looks/u }).textContent).toBe("Looks");
    await select(user, 1);
    await user.click(await screen.findByRole("button", { name: "Return 1" }));
    expect(await screen.findByText("Looks / state")).toBeTruthy();
    await user.click(button("Return all"));
    expect(await screen.findByRole("columnheader", { name: /^State/u })).toBeTruthy();
    expect(screen.getByRole("columnheader", { name: /^Exception/u })).toBeTruthy();
  });

  it("has no column of exceptions where no message has one", async () => {
    const { user } = renderApp(LIVE);
    await user.click(await screen.findByRole("button", { name: "Hold…" }));
    await user.click(await screen.findByRole("button", { name: "Copy 12" }));
    expect((await screen.findAllByText("returned")).length).toBe(12);
    expect(screen.queryByRole("columnheader", { name: /^Exception/u })).toBeNull();
  });

  it("tells the story of a message, and shows every part of it", async () => {
    const { user } = renderApp(DLQ);
    await hold(user, 3);
    const story = within(
      await screen.findByRole("list", { name: "What happened to this message" }),
    );
    const steps = story.getAllByRole("listitem").map((step) => step.textContent ?? "");
    expect(steps[0]).toContain("Published to exchange commands with key task.create");
    expect(steps[0]).toContain("timestamp, x-first-death-exchange");
    expect(steps[2]).toContain("Failed: NullPointerException: customer.address");
    expect(steps[2]).toContain("x-exception-message · when, how often, by whom: not recorded");
    expect(steps[4]).toContain("Dead-lettered here");

    await user.click(screen.getByRole("tab", { name: /^Headers/u }));
    const header = await screen.findByRole("row", { name: /x-death\[0\]\.count/u });
    expect(header.textContent).toContain("signedlong");
    await user.click(screen.getByRole("tab", { name: "Properties" }));
    expect(await screen.findByText("application/json")).toBeTruthy();
    expect(screen.getByText("2 (persistent)")).toBeTruthy();
    await user.click(screen.getByRole("tab", { name: "Body" }));
    expect(await screen.findByText("9007199254740993")).toBeTruthy();
    await user.click(screen.getByRole("tab", { name: "Raw" }));
    expect(await screen.findByText(/^00000000 7b 22 74 61/u)).toBeTruthy();
  });

  it("moves, selects, copies and saves by keyboard", async () => {
    const { user, fake } = renderApp(DLQ);
    await hold(user, 5);
    const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    const save = vi.spyOn(fake.commands, "saveHeld");
    screen.getByRole("grid").focus();
    await user.keyboard("j c");
    await waitFor(() => expect(write).toHaveBeenCalledOnce());
    expect(write.mock.lastCall?.[0]).toContain('"orderId":9007199254740994');
    await user.keyboard("e");
    await waitFor(() => expect(save).toHaveBeenCalledWith(expect.any(String), 2));
    await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
    expect(await screen.findByRole("button", { name: "Return 2" })).toBeTruthy();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("toolbar")).toBeNull());
  });

  it("says what a copy is where it cannot be the bytes themselves", async () => {
    const { user } = renderApp(DLQ);
    await hold(user, 20);
    const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    // The 14th body is empty, the 18th is no text.
    await user.click(screen.getByText("empty"));
    await user.click(button("Copy"));
    expect(await screen.findByText("There is nothing to copy: it is empty")).toBeTruthy();
    expect(write).not.toHaveBeenCalled();
    await user.click(screen.getByText("binary"));
    await user.click(button("Copy"));
    const question = within(await screen.findByRole("dialog", { name: "Body: not text" }));
    expect(write).not.toHaveBeenCalled();
    await user.click(question.getByRole("button", { name: "Copy as Base64" }));
    await waitFor(() => expect(write).toHaveBeenCalledOnce());
    expect(await screen.findByText("Body copied as Base64")).toBeTruthy();
  });

  it("r replays the message with the cursor where nothing is selected", async () => {
    const { user } = renderApp(DLQ);
    await hold(user, 3);
    await waitFor(() => expect(document.activeElement?.getAttribute("role")).toBe("grid"));
    await user.keyboard("jr");
    expect(await screen.findByRole("dialog", { name: "Replay 1 message" })).toBeTruthy();
  });

  it("Esc closes the inspector, then leads back to the list; what is held stays held", async () => {
    const { user, router, fake } = renderApp(DLQ);
    await hold(user, 3);
    await screen.findByRole("complementary", { name: "Message" });
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("complementary")).toBeNull());
    await user.keyboard("{Escape}");
    await waitFor(() => expect(router.state.location.pathname).toMatch(/\/queues$/u));
    expect([...fake.world.holds.values()][0]?.view.held).toBe(3);
  });

  it("copies the whole message as JSON that Rust made", async () => {
    const { user, fake } = renderApp(DLQ);
    await hold(user, 2);
    const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    const json = vi.spyOn(fake.commands, "copyHeldJson");
    await user.click(button("Copy more"));
    await user.click(await screen.findByRole("menuitem", { name: "Whole message, as JSON" }));
    await waitFor(() => expect(write).toHaveBeenCalledOnce());
    expect(json).toHaveBeenCalledWith(expect.any(String), 1);
    expect(await screen.findByText("Copied as JSON")).toBeTruthy();
  });

  it("returns what is selected and keeps its rows as a snapshot", async () => {
    const { user, fake } = renderApp(DLQ);
    await hold(user, 5);
    const back = vi.spyOn(fake.commands, "returnHeld");
    await select(user, 1, 3);
    await user.click(await screen.findByRole("button", { name: "Return 2" }));
    expect(await screen.findByText("2 messages returned")).toBeTruthy();
    expect(back).toHaveBeenCalledWith(expect.any(String), [1, 3], "keep");
    await waitFor(() => expect(screen.getAllByText("returned")).toHaveLength(2));
    expect(screen.getByText("Holding 3 messages")).toBeTruthy();
    await user.click(button("Return all"));
    expect(await screen.findByText("This hold has ended.")).toBeTruthy();
    await waitFor(() => expect(screen.getAllByText("returned")).toHaveLength(5));
    expect(
      screen.getByText("Returned to the queue. What you see is a copy from before."),
    ).toBeTruthy();

    await user.click(button("Clear the list"));
    expect(await screen.findByText("Nothing is held")).toBeTruthy();
  });

  it("replays from the snapshot after messages were settled", async () => {
    const { user } = renderApp(DLQ);
    await hold(user, 3);
    await user.click(button("Return all"));
    await screen.findByText("This hold has ended.");
    await select(user, 1);
    expect(await screen.findByRole("button", { name: "Replay 1…" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: /^Return 1/u })).toBeNull();
    expect(screen.queryByRole("button", { name: /^Remove 1/u })).toBeNull();
  });
});

describe("a hold whose messages ended differently", () => {
  it("tells how many are back and how many were removed", async () => {
    const { user } = renderApp(DLQ);
    await hold(user, 5);
    await select(user, 1);
    await user.click(await screen.findByRole("button", { name: /^Remove 1 of/u }));
    const dialog = within(await screen.findByRole("dialog", { name: /for good/u }));
    expect(dialog.getByRole("button", { name: "Keep it" })).toBeTruthy();
    await user.type(dialog.getByRole("textbox"), "1{Enter}");
    await screen.findByText("1 message removed");
    await user.click(button("Return all"));
    await screen.findByText("This hold has ended.");
    expect(screen.getByText(/4 are back in the queue, 1 was removed\./u)).toBeTruthy();
    // The banner says it, so no news repeats it.
    expect(screen.queryByText(/4 messages returned/u)).toBeNull();
    expect(screen.queryByText(/What was held is back in the queue/u)).toBeNull();
  });

  it("says that all is back only where all is", async () => {
    const { user } = renderApp(DLQ);
    await hold(user, 3);
    await user.click(button("Return all"));
    expect(await screen.findByText(/What was held is back in the queue\./u)).toBeTruthy();
  });
});

describe("what ends a hold", () => {
  it("is named as Rust says it, whether the connection is unlocked or not", async () => {
    const { user, fake } = renderApp(DLQ);
    await hold(user, 2);
    const timer = screen.getByRole("timer");
    expect(timer.textContent).not.toContain("unlock");
    for (const { view } of fake.world.holds.values()) view.until = "unlock";
    emit(fake.world, "holds");
    await waitFor(() => expect(timer.textContent).toMatch(/, when the unlock ends$/u));
  });

  it("is told of each message, also where the connection was lost meanwhile", async () => {
    const { user, fake } = renderApp(DLQ);
    await hold(user, 5);
    const fates = { ...NO_FATES, returned: 2, backAtBroker: 1, unsure: 2 };
    vi.spyOn(fake.commands, "releaseHold").mockResolvedValue({
      fates,
      held: 0,
      inLastLook: 0,
      stuck: null,
    });
    await user.click(button("Return all"));
    const told = await screen.findAllByText("3 are back in the queue, 2 may be back or gone");
    expect(told.length).toBeGreaterThan(0);
  });

  it("is told as still to come where the queue took nothing back", async () => {
    const { user, fake } = renderApp(DLQ);
    await hold(user, 3);
    const stuck = fail("refused", "the queue task_queue.dlq has no leader now");
    vi.spyOn(fake.commands, "releaseHold").mockImplementation(async () => {
      for (const { view } of fake.world.holds.values())
        Object.assign(view, { stuck, released: "asked", remainingSeconds: null });
      emit(fake.world, "holds");
      return { fates: NO_FATES, held: 3, inLastLook: 0, stuck };
    });
    await user.click(button("Return all"));
    expect(await screen.findByText(/^What was to be returned is still held/u)).toBeTruthy();
    const told = screen.getAllByText(/^Nothing was returned: .*no leader now/u);
    expect(told.length).toBeGreaterThan(0);
    expect(screen.getByRole("timer").textContent).toBe("Not returned yet; tried again by itself");
    expect(button("Hold more…").getAttribute("aria-disabled")).toBe("true");
  });

  it("leaves a list that is cleared whole, with those of earlier holds", async () => {
    const { user, fake } = renderApp(DLQ);
    for (const count of [2, 3]) {
      await hold(user, count);
      await user.click(button("Return all"));
      await screen.findByText("This hold has ended.");
    }
    expect(fake.world.holds.size).toBe(2);
    await user.click(button("Clear the list"));
    expect(await screen.findByText("Nothing is held")).toBeTruthy();
    expect(fake.world.holds.size).toBe(0);
  });
});

describe("a selection", () => {
  it("that cannot be found out says why and can be tried again", async () => {
    const { user, fake } = renderApp(DLQ);
    await hold(user, 3);
    fake.world.failing.set("heldRows", fail("internal", "the rows are gone"));
    await select(user, 1, 2);
    expect(await screen.findByText(/the rows are gone\./u)).toBeTruthy();
    expect(screen.queryByText("Selecting…")).toBeNull();
    fake.world.failing.clear();
    await user.click(button("Try again"));
    expect(await screen.findByRole("button", { name: "Return 2" })).toBeTruthy();
  });

  it("does not come back by extending it after its messages were settled", async () => {
    const { user } = renderApp(DLQ);
    await hold(user, 5);
    screen.getByRole("grid").focus();
    await user.keyboard("{Control>}a{/Control}");
    await user.click(await screen.findByRole("button", { name: "Return 5" }));
    await waitFor(() => expect(screen.queryByRole("toolbar")).toBeNull());
    screen.getByRole("grid").focus();
    await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
    expect(await screen.findByRole("button", { name: "Replay 2…" })).toBeTruthy();
  });

  it("is replayed as it is when it is asked for, not as the one before", async () => {
    const { user } = renderApp(DLQ);
    await hold(user, 5);
    await select(user, 1);
    await user.click(await screen.findByRole("button", { name: "Replay 1…" }));
    expect(await screen.findByRole("dialog", { name: "Replay 1 message" })).toBeTruthy();
    await select(user, 2, 3);
    await user.click(await screen.findByRole("button", { name: "Replay 3…" }));
    expect(await screen.findByRole("dialog", { name: "Replay 3 messages" })).toBeTruthy();
    expect(screen.queryByRole("dialog", { name: "Replay 1 message" })).toBeNull();
  });
});

describe("the panel beside the messages", () => {
  it("closes a replay for another panel, and opens the next one all the same", async () => {
    const { user } = renderApp(DLQ);
    await hold(user, 3);
    await select(user, 1);
    await user.click(await screen.findByRole("button", { name: "Replay 1…" }));
    await screen.findByRole("dialog", { name: "Replay 1 message" });
    await user.click(button("Hold more…"));
    const sheet = await screen.findByRole("dialog", { name: /^Hold messages/u });
    expect(screen.queryByRole("dialog", { name: "Replay 1 message" })).toBeNull();
    await user.click(within(sheet).getByRole("button", { name: "Cancel" }));
    await select(user, 2);
    await user.click(await screen.findByRole("button", { name: "Replay 2…" }));
    expect(await screen.findByRole("dialog", { name: "Replay 2 messages" })).toBeTruthy();
  });
});

describe("removing for good", () => {
  it("is not called back once it is on its way", async () => {
    const { user, fake } = renderApp(DLQ);
    await hold(user, 3);
    await select(user, 1);
    await user.click(await screen.findByRole("button", { name: /^Remove 1 of/u }));
    const answer = deferred<Awaited<ReturnType<typeof fake.commands.acknowledgeHeld>>>();
    vi.spyOn(fake.commands, "acknowledgeHeld").mockReturnValue(answer.promise);
    await user.type(await screen.findByRole("textbox", { name: /^Type the count/u }), "1{Enter}");
    const dialog = within(screen.getByRole("dialog", { name: /for good/u }));
    const keep = dialog.getByRole("button", { name: "Keep it" });
    await waitFor(() => expect(keep.getAttribute("aria-disabled")).toBe("true"));
    expect(keep.title).toMatch(/^It was sent and cannot be called back/u);
    await user.keyboard("{Escape}");
    expect(screen.getByRole("dialog", { name: /for good/u })).toBeTruthy();
    answer.reject(fail("grant_ended", "the permission to change ended"));
    expect(await dialog.findByText(/the permission to change ended\./u)).toBeTruthy();
    await user.click(keep);
    await waitFor(() => expect(screen.queryByRole("dialog", { name: /for good/u })).toBeNull());
  });

  it("names queue, environment and finality, and refuses a wrong count", async () => {
    const { user, fake } = renderApp(DLQ);
    await hold(user, 5);
    const acknowledge = vi.spyOn(fake.commands, "acknowledgeHeld");
    await select(user, 1, 2);
    await user.click(
      await screen.findByRole("button", { name: "Remove 2 of 4,862 (acknowledge)…" }),
    );
    const dialog = within(
      await screen.findByRole("dialog", { name: "Remove 2 messages for good" }),
    );
    expect(dialog.getByText("task_queue.dlq")).toBeTruthy();
    expect(dialog.getByText("dev")).toBeTruthy();
    expect(dialog.getByText("None: this is final.")).toBeTruthy();
    const confirm = dialog.getByRole("button", { name: "Remove 2 of 4,862 (acknowledge)" });
    expect(confirm.getAttribute("aria-disabled")).toBe("true");
    const box = dialog.getByRole("textbox", { name: "Type the count, 2, to allow it" });
    await user.type(box, "3{Enter}");
    expect(await dialog.findByText("That is not 2.")).toBeTruthy();
    await user.clear(box);
    await user.type(box, "1,2{Enter}");
    expect(acknowledge).not.toHaveBeenCalled();

    await user.clear(box);
    await user.type(box, "2");
    await user.click(confirm);
    expect(await screen.findByText("2 messages removed")).toBeTruthy();
    expect(acknowledge).toHaveBeenCalledExactlyOnceWith(expect.any(String), [1, 2], 2);
    await waitFor(() => expect(screen.getAllByText("removed")).toHaveLength(2));
    expect(screen.queryByRole("dialog", { name: /for good/u })).toBeNull();
  });

  it("keeps the question open and says why, where the broker refuses", async () => {
    const { user, fake } = renderApp(DLQ);
    await hold(user, 2);
    await select(user, 1);
    await user.click(await screen.findByRole("button", { name: /^Remove 1 of/u }));
    fake.world.failing.set(
      "acknowledgeHeld",
      fail("grant_ended", "the permission to change ended", "unlock the connection again"),
    );
    await user.type(await screen.findByRole("textbox", { name: /^Type the count/u }), "1{Enter}");
    expect(await screen.findByText(/the permission to change ended\./u)).toBeTruthy();
    expect(screen.getByRole("dialog", { name: /for good/u })).toBeTruthy();
  });

  it("does not name a whole that is not known", async () => {
    const { user } = renderApp(DLQ, {
      arrange: (world) => {
        const dlq = queuesOf(world, "commands-dev").find(
          ({ facts }) => facts.name === "task_queue.dlq",
        );
        if (dlq !== undefined) dlq.facts.ready = null;
      },
    });
    await hold(user, 2);
    await select(user, 1);
    expect(await screen.findByRole("button", { name: "Remove 1 (acknowledge)…" })).toBeTruthy();
  });
});

describe("messages without looks", () => {
  it("are announced, stay when everything is returned, and ask before they are lost", async () => {
    const { user, fake } = renderApp(DLQ, { arrange: spend(1) });
    await hold(user, 4);
    expect(screen.getByText("1 message has no looks left.")).toBeTruthy();
    await user.click(button("Return all"));
    expect(await screen.findByText(/Everything else still held was returned\./u)).toBeTruthy();
    expect(screen.getByText("Holding 1 message")).toBeTruthy();
    expect(button("Hold more…").getAttribute("aria-disabled")).toBe("true");
    expect(button("Hold more…").title).toMatch(/^This hold takes no more/u);

    await user.click(screen.getByText("0 / 20"));
    expect(
      await screen.findByText("No looks left: the next return would delete this message."),
    ).toBeTruthy();
    await select(user, 2);
    await user.click(await screen.findByRole("button", { name: "Return 1" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Return to task_queue.dlq" }));
    expect(dialog.getByText(/this return would delete it/u)).toBeTruthy();
    const back = vi.spyOn(fake.commands, "returnHeld");
    await user.type(dialog.getByRole("textbox"), "2{Enter}");
    expect(back).not.toHaveBeenCalled();
    await user.clear(dialog.getByRole("textbox"));
    await user.type(dialog.getByRole("textbox"), "1{Enter}");
    await waitFor(() =>
      expect(back).toHaveBeenCalledExactlyOnceWith(expect.any(String), [2], "return_anyway"),
    );
  });
});

describe("a hold that ends by itself", () => {
  it("says why, and keeps what was read", async () => {
    const { user, fake } = renderApp(DLQ);
    await hold(user, 3);
    for (const { view, rows } of fake.world.holds.values()) {
      view.phase = "ended";
      view.held = 0;
      view.worst = null;
      view.remainingSeconds = null;
      view.fates = { ...view.fates, backAtBroker: rows.length };
      view.end = { end: "failed", failure: fail("connection_lost", "the broker went away") };
      for (const row of rows) row.state = "back_at_broker";
    }
    emit(fake.world, "holds");
    expect(await screen.findByText("This hold has ended.")).toBeTruthy();
    expect(screen.getByText(/the broker went away\./u)).toBeTruthy();
    expect(screen.getByText(/3 are back in the queue\./u)).toBeTruthy();
    await waitFor(() => expect(screen.getAllByText("back")).toHaveLength(3));
    expect(screen.getByText(/the broker put it back into its queue/u)).toBeTruthy();
    expect(screen.queryByText("held by you", { exact: false })).toBeNull();
  });
});
