import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { SearchEvent, SearchRequest } from "@/platform/bindings";
import { createFake } from "@/platform/fake";
import { fail, send } from "@/platform/fake/world";
import type { EventChannel } from "@/platform/platform";

import { covering, finished, progressed } from "../testing";
import { createSearch, leftOf, speedOf } from "./search";

const request: SearchRequest = {
  topics: ["orders"],
  partitions: null,
  from: { at: "oldest" },
  to: { at: "now" },
  newestFirst: false,
  committed: true,
  condition: { by: "query", query: "value is null" },
  limit: 100,
};

/** A search whose answers the test gives. */
function arranged() {
  const fake = createFake();
  const channels: EventChannel<SearchEvent>[] = [];
  const starts: ((sets: { hits: string; undecided: string }) => void)[] = [];
  const spies = {
    start: vi.spyOn(fake.commands, "startSearch").mockImplementation((_, __, events) => {
      channels.push(events);
      return new Promise((done) => void starts.push(done));
    }),
    goOn: vi.spyOn(fake.commands, "continueSearch").mockImplementation(async (_, __, events) => {
      channels.push(events);
      return null;
    }),
    stop: vi.spyOn(fake.commands, "stopSearch").mockResolvedValue(null),
    drop: vi.spyOn(fake.commands, "dropResultSet").mockResolvedValue(null),
  };
  const search = createSearch(fake, "orders-prod", request);
  return {
    ...spies,
    search,
    hear: (run: number, event: SearchEvent) => {
      const channel = channels[run];
      if (channel === undefined) throw new Error(`there is no run ${run}`);
      send(channel, event);
    },
    begin: async (hits = "hits-1", undecided = "undecided-1") => {
      starts.at(-1)?.({ hits, undecided });
      await vi.waitFor(() => expect(search.state().sets).toStrictEqual({ hits, undecided }));
    },
    starts,
  };
}

const dropped = (drop: { mock: { calls: [string][] } }): string[] =>
  drop.mock.calls.map(([id]) => id).toSorted();

describe("the two result sets", () => {
  test("are both freed when the search is disposed of", async () => {
    const { search, begin, hear, drop, stop } = arranged();
    search.start();
    await begin();
    hear(0, finished(0, 0, covering()));
    search.dispose();
    expect(dropped(drop)).toStrictEqual(["hits-1", "undecided-1"]);
    expect(stop).not.toHaveBeenCalled();
  });

  test("are both freed also where their ids come after that", async () => {
    const { search, starts, drop } = arranged();
    search.start();
    search.dispose();
    starts[0]?.({ hits: "late", undecided: "later" });
    await vi.waitFor(() => expect(dropped(drop)).toStrictEqual(["late", "later"]));
    expect(search.state().sets).toBeNull();
  });

  test("of a search that runs are stopped first", async () => {
    const { search, begin, stop, drop } = arranged();
    search.start();
    await begin();
    search.dispose();
    expect(stop).toHaveBeenCalledWith("hits-1");
    expect(dropped(drop)).toHaveLength(2);
  });
});

describe("events", () => {
  test("of what was disposed of are not heard", async () => {
    const { search, begin, hear } = arranged();
    search.start();
    await begin();
    search.dispose();
    hear(0, progressed({ hits: 7 }));
    expect(search.state().hits).toBe(0);
  });

  test("of a run before it went on are not heard", async () => {
    const { search, begin, hear } = arranged();
    search.start();
    await begin();
    const coverage = covering({ end: "limit", goesOn: true, covered: "600" });
    hear(0, finished(100, 0, coverage));
    search.goOn();
    hear(0, finished(1, 0, covering()));
    expect(search.state()).toMatchObject({ phase: "running", hits: 100, coverage: null });
    hear(1, progressed({ hits: 120, covered: "700" }));
    expect(search.state()).toMatchObject({ hits: 120, covered: "700" });
  });
});

test("going on that is refused leaves what was true before", async () => {
  const { search, begin, hear, goOn } = arranged();
  goOn.mockRejectedValue(fail("connection_lost", "orders-prod is not connected"));
  search.start();
  await begin();
  const coverage = covering({ end: "stopped", goesOn: true, covered: "600" });
  hear(0, finished(3, 0, coverage));
  search.goOn();
  await vi.waitFor(() =>
    expect(search.state()).toMatchObject({
      phase: "finished",
      coverage,
      failure: { code: "connection_lost" },
    }),
  );
});

test("a failure tells nothing about what was covered, and leaves what was found", async () => {
  const { search, begin, hear } = arranged();
  search.start();
  await begin();
  hear(0, progressed({ hits: 7 }));
  hear(0, { event: "failed", failure: fail("connection_lost", "broker 1 is gone") });
  expect(search.state()).toMatchObject({ phase: "failed", coverage: null, shown: { hits: 7 } });
});

describe("what is shown", () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
  afterEach(() => void vi.useRealTimers());

  test("changes about once a second while it runs, at once at first and at the end", () => {
    const { search, hear } = arranged();
    search.start();
    const shown = () => search.state().shown;
    hear(0, progressed());
    hear(0, progressed({ hits: 3 }));
    expect(shown()).toMatchObject({ hits: 3 });
    vi.advanceTimersByTime(900);
    hear(0, progressed({ hits: 50 }));
    expect(shown()).toMatchObject({ hits: 3 });
    expect(search.state().hits, "the count itself does not wait").toBe(50);
    vi.advanceTimersByTime(100);
    hear(0, progressed({ hits: 60 }));
    expect(shown().hits).toBe(60);
    hear(0, finished(61, 1, covering()));
    expect(shown()).toMatchObject({ hits: 61, undecided: 1 });
  });
});

test("rows move at each end and at no other time", async () => {
  const { search, begin, hear } = arranged();
  const settled = () => search.state().settled;
  search.start();
  await begin();
  hear(0, progressed({ hits: 7 }));
  hear(0, progressed({ hits: 9 }));
  expect(settled()).toBe(0);
  hear(0, finished(9, 0, covering({ end: "stopped", goesOn: true })));
  expect(settled()).toBe(1);
  search.goOn();
  hear(1, progressed({ hits: 12, ordering: 1 }));
  expect(settled()).toBe(1);
  hear(1, { event: "failed", failure: fail("connection_lost", "broker 1 is gone") });
  expect(settled(), "Rust orders what there is").toBe(2);
});

describe("the speed", () => {
  const from = { received: "100", bytes: "1000", covered: "200" };
  test("is that of this run, not of the ones before", () => {
    const to = { received: "1100", bytes: "5000", covered: "2200" };
    expect(speedOf(from, to, 2000)).toStrictEqual({ records: 500, bytes: 2000, offsets: 1000 });
  });

  test("is not told before anyone can tell, and neither is what is left", () => {
    expect(speedOf(from, from, 100)).toBeNull();
    expect(leftOf("10", null, { records: 1, bytes: 1, offsets: 1 })).toBeNull();
    expect(leftOf("10", "20", { records: 1, bytes: 1, offsets: 0 })).toBeNull();
    expect(leftOf("10", "20", { records: 1, bytes: 1, offsets: 5 })).toBe(2);
  });
});
