//! One search: from its start to its end, on from there, and what is known of it meanwhile.
//!
//! What it found and what it could not tell about stay in Rust, as two result sets; here are only how
//! many there are and how far the search is. Both are freed when the search is disposed of, also where
//! their ids arrive after that.

import type {
  Failure,
  SearchCoverage,
  SearchEvent,
  SearchRequest,
  SearchSets,
} from "@/platform/bindings";
import { asFailure } from "@/platform/failure";
import type { Platform } from "@/platform/platform";
import { endJob, reportJob } from "@/shell/jobs";

/** What the table shows: it follows the search in steps that an eye can follow. */
export interface ShownRows {
  readonly hits: number;
  readonly undecided: number;
}

export interface SearchState {
  readonly phase: "running" | "finished" | "failed";
  readonly sets: SearchSets | null;
  readonly hits: number;
  /** Records of which it cannot be told whether they are hits. */
  readonly undecided: number;
  readonly shown: ShownRows;
  /** How often Rust put the rows in the order of time: once at each end, which moves them. */
  readonly settled: number;
  /** Records that came from the broker. */
  readonly received: string;
  readonly bytes: string;
  /** Offsets that are accounted for. */
  readonly covered: string;
  /** Offsets in all; null where those of a partition are not known. */
  readonly range: string | null;
  /** A second, once that can be told. */
  readonly speed: Speed | null;
  readonly secondsLeft: number | null;
  /** Null while it runs, and where nobody says what it covered. */
  readonly coverage: SearchCoverage | null;
  readonly failure: Failure | null;
  /** Stop was pressed. */
  readonly stopping: boolean;
}

export interface Speed {
  readonly records: number;
  readonly bytes: number;
  readonly offsets: number;
}

export interface Search {
  readonly id: string;
  readonly request: SearchRequest;
  start(): void;
  stop(): void;
  /** Goes on where it ended, with the same rows, until as many hits more. */
  goOn(): void;
  dispose(): void;
  subscribe(listener: () => void): () => void;
  state(): SearchState;
}

const STARTED: SearchState = {
  phase: "running",
  sets: null,
  hits: 0,
  undecided: 0,
  shown: { hits: 0, undecided: 0 },
  settled: 0,
  received: "0",
  bytes: "0",
  covered: "0",
  range: null,
  speed: null,
  secondsLeft: null,
  coverage: null,
  failure: null,
  stopping: false,
};

/** A search that is over sooner would only flash in the status bar. Milliseconds. */
const WORTH_TELLING = 400;
/** Between two changes of what the table shows. Milliseconds. */
const CALM = 1000;

type Reached = Pick<SearchState, "received" | "bytes" | "covered">;

/** Null until it is worth telling. */
export function speedOf(from: Reached, to: Reached, millis: number): Speed | null {
  if (millis <= WORTH_TELLING) return null;
  const each = (part: keyof Reached): number =>
    (Math.max(0, Number(to[part]) - Number(from[part])) / millis) * 1000;
  return { records: each("received"), bytes: each("bytes"), offsets: each("covered") };
}

/** Until the end of the range: nobody knows where hits lie. Null where nothing tells. */
export function leftOf(covered: string, range: string | null, speed: Speed | null): number | null {
  if (range === null || speed === null || speed.offsets <= 0) return null;
  return Math.max(0, Number(range) - Number(covered)) / speed.offsets;
}

let serial = 0;

export function createSearch(
  platform: Platform,
  connection: string,
  request: SearchRequest,
): Search {
  const { commands } = platform;
  const listeners = new Set<() => void>();
  serial += 1;
  const id = `search ${serial}`;
  let state = STARTED;
  // Counts starts, continuations and disposals: what belongs to an earlier one is not listened to.
  let turn = 0;

  const set = (change: Partial<SearchState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };
  // The search is over for us: whether Rust can still free or stop it changes nothing here.
  const ignore = (): undefined => undefined;
  const free = ({ hits, undecided }: SearchSets): void => {
    commands.dropResultSet(hits).catch(ignore);
    commands.dropResultSet(undecided).catch(ignore);
  };
  /** It does not run any more, or not yet again. */
  const ended = (change: Partial<SearchState>): void => {
    endJob(id);
    set({ speed: null, secondsLeft: null, stopping: false, ...change });
  };

  /** What hears one run of it, from now on. */
  const listen = (mine: number): ((event: SearchEvent) => void) => {
    const startedAt = performance.now();
    const from: Reached = state;
    let shownAt = Number.NEGATIVE_INFINITY;
    return (event) => {
      if (mine !== turn) return;
      switch (event.event) {
        case "progress": {
          // Rows only come behind those that are there: nothing moves before the end.
          const { hits, undecided, received, bytes, covered, range } = event;
          const now = performance.now();
          const speed = speedOf(from, event, now - startedAt);
          const secondsLeft = leftOf(covered, range, speed);
          const { shown: before } = state;
          const grew = hits !== before.hits || undecided !== before.undecided;
          const isDue = grew && now - shownAt >= CALM;
          if (isDue) shownAt = now;
          const shown = isDue ? { hits, undecided } : before;
          set({ hits, undecided, shown, received, bytes, covered, range, speed, secondsLeft });
          if (speed !== null)
            reportJob({
              id,
              kind: "search",
              name: request.topics.join(", "),
              done: covered,
              total: range,
              perSecond: speed.records,
              secondsLeft,
            });
          return;
        }
        case "finished": {
          const { hits, undecided, coverage } = event;
          const { received, bytes, covered, range } = coverage;
          const shown = { hits, undecided };
          const reached = { received, bytes, covered, range };
          const settled = state.settled + 1;
          ended({ phase: "finished", settled, hits, undecided, shown, coverage, ...reached });
          return;
        }
        case "failed":
          // What was found can still be looked at; what was covered is not told.
          ended({
            phase: "failed",
            settled: state.settled + 1,
            failure: event.failure,
            coverage: null,
            shown: { hits: state.hits, undecided: state.undecided },
          });
      }
    };
  };

  return {
    id,
    request,
    start: () => {
      turn += 1;
      const mine = turn;
      state = STARTED;
      commands.startSearch(connection, request, platform.channel(listen(mine))).then(
        (sets) => {
          if (mine === turn) set({ sets });
          else free(sets);
          return sets;
        },
        (error: unknown) => {
          if (mine === turn) ended({ phase: "failed", failure: asFailure(error) });
          return null;
        },
      );
    },
    stop: () => {
      if (state.sets === null || state.phase !== "running") return;
      set({ stopping: true });
      commands.stopSearch(state.sets.hits).catch(ignore);
    },
    goOn: () => {
      const { sets, coverage } = state;
      if (sets === null || coverage === null || state.phase !== "finished") return;
      turn += 1;
      const mine = turn;
      const events = platform.channel(listen(mine));
      set({ phase: "running", coverage: null, failure: null });
      commands.continueSearch(sets.hits, request.limit, events).catch((error: unknown) => {
        // It did not begin: what was true of it still is.
        if (mine === turn) ended({ phase: "finished", coverage, failure: asFailure(error) });
      });
    },
    dispose: () => {
      turn += 1;
      endJob(id);
      const { sets, phase } = state;
      if (sets === null) return;
      if (phase === "running") commands.stopSearch(sets.hits).catch(ignore);
      free(sets);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => state,
  };
}
