//! What the tests of a topic's page share.

import { act, screen } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { vi } from "vitest";

import type { SearchCoverage, SearchEvent, SearchRequest, SearchSets } from "@/platform/bindings";
import { send } from "@/platform/fake/world";
import type { Commands } from "@/platform/platform";
import { renderApp, type Rendered } from "@/testing/render";

/** The arguments of each call of a command. */
export function calls<Name extends keyof Commands>(
  fake: Rendered["fake"],
  name: Name,
): Parameters<Commands[Name]>[] {
  return fake.calls.flatMap((call) =>
    call.name === name ? [call.args as Parameters<Commands[Name]>] : [],
  );
}

export const openTopic = async (topic: string, options?: Parameters<typeof renderApp>[1]) => {
  const app = renderApp(`/c/orders-prod/topics/=${topic.replaceAll(".", "~2E")}`, options);
  await screen.findByRole("heading", { name: topic, level: 1 });
  return app;
};

export const rowOf = (text: string): HTMLElement => {
  const row = screen.getAllByText(text)[0]?.closest<HTMLElement>("[role=row]");
  if (row === null || row === undefined) throw new Error(`no row shows ${text}`);
  return row;
};

export interface Run {
  readonly request: SearchRequest | null;
  readonly sets: SearchSets;
  readonly send: (event: SearchEvent) => void;
}

/** Takes the events of searches into the test's hands; their rows are those of the fake. */
export function takeSearches(fake: Rendered["fake"]): Run[] {
  const runs: Run[] = [];
  const { startSearch, continueSearch } = fake.commands;
  const silent = () => fake.channel<SearchEvent>(() => undefined);
  vi.spyOn(fake.commands, "startSearch").mockImplementation(async (connection, request, events) => {
    const sets = await startSearch(connection, request, silent());
    runs.push({ request, sets, send: (event) => act(() => send(events, event)) });
    return sets;
  });
  vi.spyOn(fake.commands, "continueSearch").mockImplementation(async (id, limit, events) => {
    await continueSearch(id, limit, silent());
    const sets = runs.at(-1)?.sets ?? { hits: id, undecided: "" };
    runs.push({ request: null, sets, send: (event) => act(() => send(events, event)) });
    return null;
  });
  return runs;
}

export function progressed(part: Partial<Extract<SearchEvent, { event: "progress" }>> = {}) {
  const reached = { received: "600", bytes: "318000", covered: "600", range: "1000" };
  const rows = { hits: 0, undecided: 0, ordering: 0 };
  return { event: "progress", ...rows, ...reached, ...part } satisfies SearchEvent;
}

/** A search that looked at all of its thousand offsets, unless told otherwise. */
export function covering(part: Partial<SearchCoverage> = {}): SearchCoverage {
  return {
    end: "exhausted",
    range: "1000",
    covered: "1000",
    received: "1000",
    bytes: "318000",
    outsideTime: "0",
    withoutRecord: "0",
    alreadyGone: "0",
    partitions: [],
    failure: null,
    passedOver: [],
    goesOn: false,
    ...part,
  };
}

export function finished(hits: number, undecided: number, coverage: SearchCoverage): SearchEvent {
  return { event: "finished", hits, undecided, ordering: 1, coverage };
}

/** Types it and presses Enter. */
export async function searchFor(user: UserEvent, text: string): Promise<void> {
  const field = await screen.findByRole("textbox", { name: /to search for$|to search by$/ });
  await user.clear(field);
  await user.type(field, `${text.replaceAll(/[{[]/g, "$&$&")}{Enter}`);
}
