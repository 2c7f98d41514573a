//! One read: from its start to its end, and what is known of it meanwhile.
//!
//! The rows stay in Rust; here are only how many there are and how far the read is. A result set is
//! freed when its read is disposed of, also where its id arrives after that.

import type { Coverage, Failure, ReadEvent, ReadRequest } from "@/platform/bindings";
import { asFailure } from "@/platform/failure";
import type { Platform } from "@/platform/platform";
import { endJob, reportJob } from "@/shell/jobs";

export interface ReadState {
  readonly phase: "running" | "finished" | "failed";
  readonly resultSet: string | null;
  /** Rows that can be asked for. */
  readonly rows: number;
  /** Records that came from the broker, shown or not. */
  readonly received: string;
  readonly bytes: string;
  /** Offsets that are accounted for. */
  readonly covered: string;
  /** Offsets in all; null where those of a partition are not known. */
  readonly range: string | null;
  /** Offsets a second, once that can be told. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
  readonly coverage: Coverage | null;
  readonly failure: Failure | null;
  /** Stop was pressed. */
  readonly stopping: boolean;
}

export interface Read {
  readonly request: ReadRequest;
  start(): void;
  stop(): void;
  dispose(): void;
  subscribe(listener: () => void): () => void;
  state(): ReadState;
}

const STARTED: ReadState = {
  phase: "running",
  resultSet: null,
  rows: 0,
  received: "0",
  bytes: "0",
  covered: "0",
  range: null,
  rate: null,
  secondsLeft: null,
  coverage: null,
  failure: null,
  stopping: false,
};

/** A read that is over sooner would only flash in the status bar. Milliseconds. */
const WORTH_TELLING = 400;

/** How far a read is. */
export type Reached = Pick<ReadState, "received" | "covered" | "range">;

/**
 * How many seconds are left, as far as that can be told: until the end of the range or until the
 * limit is full, whichever comes first. Offsets without a record are assumed to be as many as so
 * far. Null where nothing tells: records that are beyond the limit and still wait for their turn
 * do not say how many more will be needed.
 */
export function leftOf(reached: Reached, limit: number, rate: number | null): number | null {
  if (rate === null || rate <= 0 || reached.range === null) return null;
  const covered = Number(reached.covered);
  const received = Number(reached.received);
  const toEnd = Math.max(0, Number(reached.range) - covered);
  const missing = limit - received;
  if (missing <= 0) return toEnd === 0 ? 0 : null;
  const toLimit = received === 0 ? toEnd : (missing * covered) / received;
  return Math.min(toEnd, toLimit) / rate;
}

export function createRead(platform: Platform, connection: string, request: ReadRequest): Read {
  const { commands } = platform;
  const listeners = new Set<() => void>();
  let state = STARTED;
  // Counts starts and disposals: what belongs to an earlier one is not listened to.
  let turn = 0;

  const set = (change: Partial<ReadState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };
  // The read is over for us: whether Rust can still free or stop it changes nothing here.
  const ignore = (): undefined => undefined;
  const free = (resultSet: string): void => {
    commands.dropResultSet(resultSet).catch(ignore);
  };

  const start = (): void => {
    turn += 1;
    const mine = turn;
    const job = `read ${connection} ${request.topic} ${mine}`;
    const startedAt = performance.now();
    state = STARTED;
    const on = (event: ReadEvent): void => {
      if (mine !== turn) return;
      switch (event.event) {
        case "progress": {
          const { rows, received, bytes, covered, range } = event;
          const elapsed = performance.now() - startedAt;
          const rate = elapsed > WORTH_TELLING ? (Number(covered) / elapsed) * 1000 : null;
          const secondsLeft = leftOf(event, request.limit, rate);
          set({ rows, received, bytes, covered, range, rate, secondsLeft });
          if (rate !== null)
            reportJob({
              id: job,
              kind: "read",
              name: request.topic,
              done: covered,
              total: range,
              perSecond: rate,
              secondsLeft,
            });
          return;
        }
        case "finished":
          endJob(job);
          set({ phase: "finished", rows: event.rows, coverage: event.coverage });
          return;
        case "failed":
          endJob(job);
          // Nothing of what came can be asked for.
          set({ phase: "failed", rows: 0, failure: event.failure });
      }
    };
    commands.startRead(connection, request, platform.channel(on)).then(
      (resultSet) => {
        if (mine === turn) set({ resultSet });
        else free(resultSet);
        return resultSet;
      },
      (error: unknown) => {
        if (mine === turn) set({ phase: "failed", failure: asFailure(error) });
        return null;
      },
    );
    stopJob = () => endJob(job);
  };
  let stopJob = (): void => undefined;

  return {
    request,
    start,
    stop: () => {
      if (state.resultSet === null || state.phase !== "running") return;
      set({ stopping: true });
      commands.stopRead(state.resultSet).catch(ignore);
    },
    dispose: () => {
      turn += 1;
      stopJob();
      const { resultSet, phase } = state;
      if (resultSet === null) return;
      if (phase === "running") commands.stopRead(resultSet).catch(ignore);
      free(resultSet);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => state,
  };
}
