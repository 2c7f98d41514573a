import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { fail } from "@/platform/fake/world";

import {
  calls,
  covering,
  finished,
  openTopic,
  progressed,
  rowOf,
  searchFor,
  takeSearches,
} from "../testing";

const progress = (): string =>
  screen.getByRole("status", { name: "Progress of the search" }).textContent;

/** A search in the newest topic whose events the test sends. */
const begin = async (text = "card_declined", topic = "orders.payment-failed") => {
  const app = await openTopic(topic);
  const runs = takeSearches(app.fake);
  await searchFor(app.user, text);
  await waitFor(() => expect(runs).toHaveLength(1));
  await screen.findByRole("status", { name: "Progress of the search" });
  const run = (place: number) => {
    const found = runs[place];
    if (found === undefined) throw new Error(`there is no run ${place}`);
    return found;
  };
  return { ...app, runs, run };
};

describe("the end", () => {
  test("without hits is a proof where every offset was looked at", async () => {
    const { run } = await begin();
    run(0).send(finished(0, 0, covering({ range: "10412887", covered: "10412887" })));
    expect(
      screen.getByText("no hits: every one of the 10,412,887 offsets was looked at"),
    ).toBeDefined();
    expect(screen.getByRole("heading", { name: "No hits" })).toBeDefined();
    expect(
      screen.getByText(/Records of open and aborted transactions were left out/),
    ).toBeDefined();
    expect(screen.queryByRole("button", { name: "Continue" })).toBeNull();
  });

  test("without hits, of a search that was stopped, proves nothing and can be gone on with", async () => {
    const { user, run, fake } = await begin();
    run(0).send(finished(0, 0, covering({ end: "stopped", covered: "600", goesOn: true })));
    expect(progress()).toContain("0 hits so far");
    expect(progress()).toContain("stopped: not all of the range was looked at");
    expect(progress()).toContain("600 of 1,000 scanned");
    expect(progress()).not.toContain("every one");
    expect(screen.getByRole("heading", { name: "No hits so far" })).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await waitFor(() => expect(calls(fake, "continueSearch")).toHaveLength(1));
    run(1).send(finished(0, 0, covering()));
    expect(progress()).toContain("no hits: every one of the 1,000 offsets was looked at");
  });

  test("at the limit offers to find more, of the same search", async () => {
    const { user, run, fake } = await begin();
    const coverage = covering({ end: "limit", covered: "600", goesOn: true });
    run(0).send(finished(9, 0, coverage));
    expect(progress()).toContain("9 hits");
    expect(progress()).toContain("limit reached: there may be more");
    await user.click(screen.getByRole("button", { name: "Find more" }));
    await waitFor(() => expect(calls(fake, "continueSearch")).toHaveLength(1));
    expect(calls(fake, "continueSearch")[0]?.slice(0, 2)).toStrictEqual([run(0).sets.hits, 10_000]);
    expect(calls(fake, "dropResultSet"), "only the read of before is freed").toHaveLength(1);
    expect(calls(fake, "startSearch")).toHaveLength(1);
    expect(await screen.findByText("c-48812")).toBeDefined();
  });

  test("names the partitions that were not read, and why", async () => {
    const { run } = await begin();
    const failure = fail("timeout", "broker 2 does not answer");
    const partitions = [3, 7].map((partition) => ({ topic: "orders.payment-failed", partition }));
    run(0).send(
      finished(
        0,
        0,
        covering({ end: "incomplete", covered: "600", goesOn: true, partitions, failure }),
      ),
    );
    const alerts = screen.getAllByRole("alert").map((alert) => alert.textContent);
    expect(alerts.join()).toContain("Partitions 3, 7 were not read to their end.");
    expect(alerts.join()).toContain("broker 2 does not answer.");
    expect(progress()).not.toContain("no hits");
  });

  test("lists on demand what was passed over, and why", async () => {
    const { user, run } = await begin();
    const failure = fail("internal", "the record ended the process");
    const passedOver = [
      { topic: "orders.payment-failed", partition: 7, offset: "891204", last: "891205", failure },
    ];
    run(0).send(finished(0, 0, covering({ passedOver })));
    expect(progress()).toContain("no hits among what could be read;");
    await user.click(screen.getByRole("button", { name: "2 records passed over" }));
    const dialog = within(await screen.findByRole("dialog", { name: "2 records passed over" }));
    expect(
      dialog.getByText("orders.payment-failed · P 7 · offsets 891,204 to 891,205"),
    ).toBeDefined();
    expect(dialog.getByText(/the record ended the process/)).toBeDefined();
  });

  test("says what gave no record, what lies outside of the times, and what was gone", async () => {
    const { run } = await begin();
    const part = { withoutRecord: "12044", outsideTime: "3", alreadyGone: "204" };
    run(0).send(finished(0, 0, covering(part)));
    expect(progress()).toContain("no hits among what is left");
    for (const words of [
      "12,044 passed without a record",
      "3 outside of the times",
      "204 already gone",
    ])
      expect(progress()).toContain(words);
  });

  test("of a range that is not known says so, and no number for it", async () => {
    const { run } = await begin();
    run(0).send(finished(0, 0, covering({ range: null })));
    expect(progress()).toContain("1,000 scanned of an unknown range");
    expect(progress()).toContain("not every offset of the range is accounted for");
  });
});

describe("what could not be told", () => {
  test("is said, and is reached and left again", async () => {
    const { user } = await openTopic("audit");
    await screen.findByText("u-0");
    await user.click(screen.getByRole("radio", { name: "query" }));
    await searchFor(user, 'value contains "nothing of the kind"');
    const undecided = await screen.findByRole("button", { name: "1,000 could not be told" });
    expect(progress()).toContain("no hits among what could be read;1,000 could not be told");
    expect(progress()).not.toContain("every one");
    await user.click(undecided);
    const grid = await screen.findByRole("grid", {
      name: "Records in audit that could not be told",
    });
    expect(await within(grid).findByText("u-5")).toBeDefined();
    expect(within(grid).getByRole("columnheader", { name: /^Why/ })).toBeDefined();
    const why = "it is no text, so it has no fields";
    expect(within(rowOf("u-5")).getByText(why).title).toBe(why);
    await user.click(within(grid).getByText("u-5"));
    const panel = within(await screen.findByRole("complementary", { name: "Inspector" }));
    expect((await panel.findByText("Could not be told")).parentElement?.textContent).toContain(why);
    await user.click(screen.getByRole("button", { name: "Back to the hits" }));
    expect(screen.getByRole("heading", { name: "No hits in what could be read" })).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Show the 1,000 that could not be told" }));
    expect(await screen.findByText("Records that could not be told.")).toBeDefined();
  });

  test("says why in French as the technical detail that it is", async () => {
    const { user } = await openTopic("audit", { language: "fr" });
    await user.click(await screen.findByRole("radio", { name: "requête" }));
    await user.type(
      screen.getByRole("textbox", { name: "Requête de recherche" }),
      'value contains "rien de tel"{Enter}',
    );
    await user.click(await screen.findByRole("button", { name: /^1.000 messages indécidables$/u }));
    await screen.findByText("u-5");
    const why = "it is no text, so it has no fields";
    const cell = within(rowOf("u-5")).getByText(why);
    expect(cell.lang).toBe("en");
    expect(cell.title).toBe(`Indécidable (détail technique\u00a0: ${why})`);
    expect(
      screen.getByRole("columnheader", { name: /^Pourquoi \(détail technique\)/ }),
    ).toBeDefined();
    await user.click(cell);
    const panel = within(await screen.findByRole("complementary", { name: "Inspecteur" }));
    const fact = (await panel.findByText("Indécidable")).parentElement;
    expect(fact?.textContent).toMatch(/Détail technique\u00a0: it is no text/);
  });

  test("has numbers of its own in the same set, by which it is asked for", async () => {
    const { user, fake } = await openTopic("audit");
    await screen.findByText("u-0");
    await user.click(screen.getByRole("radio", { name: "query" }));
    await searchFor(user, 'key contains "u-"');
    await user.click(await screen.findByRole("button", { name: "1,000 could not be told" }));
    await user.click(await screen.findByText("u-11"));
    const panel = within(await screen.findByRole("complementary", { name: "Inspector" }));
    await panel.findByRole("heading", { name: /^P / });
    const asked = calls(fake, "getRecord").map(([, row]) => row);
    expect(asked, "the second of them is the twelfth of all").toStrictEqual([11]);
    await user.keyboard("c");
    await waitFor(() =>
      expect(calls(fake, "copyRecord").map(([, row]) => row)).toStrictEqual([11]),
    );
  });

  test("says nothing of why among the hits", async () => {
    const { run } = await begin();
    run(0).send(finished(3, 0, covering()));
    await screen.findByText("c-48812");
    expect(screen.queryByRole("columnheader", { name: /^Why/ })).toBeNull();
  });
});

describe("while it runs", () => {
  test("it says how far it is, how fast, and that the order is provisional", async () => {
    const { run } = await begin();
    // What comes soonest tells no speed.
    await waitFor(() => {
      run(0).send(progressed({ hits: 1873, undecided: 3 }));
      expect(progress()).toMatch(
        /600 of 1,000 scanned.* msg\/s · [\d.,]+ [KM]?B\/s.*s left.*1,873 hits.*order provisional.*3 could not be told/,
      );
    });
    expect(
      within(screen.getByRole("contentinfo")).getByText(/^Searching orders\.payment-failed · 600/),
    ).toBeDefined();
    run(0).send(finished(1873, 3, covering()));
    expect(within(screen.getByRole("contentinfo")).queryByText(/^Searching/)).toBeNull();
    expect(progress()).not.toContain("provisional");
  });

  test("its rows are inspected, copied, saved, selected and replayed", async () => {
    const { user, run, fake } = await begin();
    run(0).send(progressed({ hits: 40 }));
    await user.click(await screen.findByText("c-48812"));
    const panel = within(await screen.findByRole("complementary", { name: "Inspector" }));
    expect(await panel.findByRole("heading", { name: "P 7 · offset 891,684" })).toBeDefined();
    await user.keyboard("ce");
    await waitFor(() => expect(calls(fake, "copyRecord")).toHaveLength(1));
    expect(calls(fake, "saveRecord")).toHaveLength(1);
    await user.keyboard(" ");
    expect(screen.getByText("1 selected")).toBeDefined();
    run(0).send(progressed({ hits: 41 }));
    expect(screen.getByText("1 selected")).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Replay 1…" }));
    expect(await screen.findByRole("dialog", { name: /^Replay/ })).toBeDefined();
  });

  test("what is selected and was not shown yet is not replayed, because it may move", async () => {
    const { user, run, fake } = await begin();
    run(0).send(progressed({ hits: 1200 }));
    await screen.findByText("c-48812");
    screen.getByRole("grid").focus();
    await user.keyboard("{Control>}a{/Control}");
    const replay = screen.getByRole("button", { name: "Replay 1,200…" });
    expect(replay.getAttribute("aria-description")).toMatch(/^Some of the selected rows are not/);
    const before = calls(fake, "readRows").length;
    await user.keyboard("r");
    expect(
      await screen.findAllByText(/^Some of the selected rows are not loaded/),
    ).not.toHaveLength(0);
    expect(screen.queryByRole("dialog", { name: /^Replay/ })).toBeNull();
    expect(calls(fake, "readRows")).toHaveLength(before);
    run(0).send(finished(1300, 0, covering()));
    expect(await screen.findByText("Rows moved, so nothing is selected any more")).toBeDefined();
    expect(screen.queryByText(/selected$/)).toBeNull();
  });

  test("it is stopped, once", async () => {
    const { user, run, fake } = await begin();
    run(0).send(progressed());
    await user.click(screen.getByRole("button", { name: "Stop" }));
    await user.click(screen.getByRole("button", { name: "Stop" }));
    expect(calls(fake, "stopSearch").map(([id]) => id)).toStrictEqual([run(0).sets.hits]);
    const button = screen.getByRole("button", { name: "Stop" });
    expect(button.getAttribute("aria-description")).toBe("stopping");
  });

  test("another search takes its place: both its sets are freed and its events are not heard", async () => {
    const { user, run, runs, fake } = await begin();
    run(0).send(progressed({ hits: 3 }));
    await searchFor(user, "insufficient_funds");
    await waitFor(() => expect(runs).toHaveLength(2));
    run(0).send(finished(999, 0, covering()));
    run(1).send(progressed({ hits: 2 }));
    expect(progress()).toContain("2 hits");
    expect(progress()).not.toContain("999");
    const dropped = calls(fake, "dropResultSet").map(([id]) => id);
    expect(dropped).toContain(run(0).sets.hits);
    expect(dropped).toContain(run(0).sets.undecided);
  });

  test("a failure leaves what was found, and says that the rest is unknown", async () => {
    const { run } = await begin();
    run(0).send(progressed({ hits: 3 }));
    await screen.findByText("c-48812");
    run(0).send({ event: "failed", failure: fail("connection_lost", "broker 1 is gone") });
    expect(progress()).toContain("what was not looked at is unknown");
    expect(screen.getByText("c-48812")).toBeDefined();
    expect(screen.getByRole("alert").textContent).toContain("broker 1 is gone.");
  });
});

test("a search that is refused says why, in the place of rows", async () => {
  const { user, fake } = await openTopic("orders.payment-failed");
  await screen.findByText("c-48812");
  fake.world.failing.set("startSearch", fail("storage", "the folder of results cannot be written"));
  await searchFor(user, "card_declined");
  expect((await screen.findByRole("alert")).textContent).toContain(
    "the folder of results cannot be written",
  );
  expect(screen.queryByRole("grid")).toBeNull();
});

test("a search that failed without a hit says why, though some could not be told", async () => {
  const { run } = await begin();
  run(0).send(progressed({ undecided: 3 }));
  run(0).send({ event: "failed", failure: fail("connection_lost", "broker 1 is gone") });
  expect(screen.getByRole("alert").textContent).toContain("broker 1 is gone.");
  expect(screen.getByRole("button", { name: "3 could not be told" })).toBeDefined();
  expect(progress()).not.toContain("no hits");
});

describe("trying again", () => {
  test("after going on was refused goes on, and drops nothing that was found", async () => {
    const { user, run, fake } = await begin();
    run(0).send(finished(3, 0, covering({ end: "stopped", covered: "600", goesOn: true })));
    fake.world.failing.set("continueSearch", fail("connection_lost", "broker 1 is gone"));
    await user.click(screen.getByRole("button", { name: "Continue" }));
    const alert = await screen.findByRole("alert");
    fake.world.failing.clear();
    await user.click(within(alert).getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(calls(fake, "continueSearch")).toHaveLength(2));
    expect(calls(fake, "startSearch")).toHaveLength(1);
    expect(screen.getByText("c-48812")).toBeDefined();
  });

  test("where partitions were not read asks for these, and drops nothing that was found", async () => {
    const { user, run, fake } = await begin();
    const failure = fail("timeout", "broker 2 does not answer");
    const partitions = [{ topic: "orders.payment-failed", partition: 3 }];
    const part = { end: "incomplete", covered: "600", goesOn: true, partitions, failure } as const;
    run(0).send(finished(3, 0, covering(part)));
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(calls(fake, "continueSearch")).toHaveLength(1));
    expect(calls(fake, "startSearch")).toHaveLength(1);
  });
});

test("in French a proof is a proof", async () => {
  const { user } = await openTopic("orders.payment-failed", { language: "fr" });
  const field = await screen.findByRole("textbox", { name: "Texte à chercher" });
  await user.type(field, "rien de tel{Enter}");
  expect(
    await screen.findByText(/^aucun résultat.:.chacun des 10.412.887 offsets a été examiné$/u),
  ).toBeDefined();
});
