//! One replay that runs: how far it is, and its report. It lives as long as the job does, also when
//! the sheet that started it is closed: then the status bar stops it, and keeps its account.

import type { Failure, ReplayEvent, ReplayOrder, ReplayReport } from "@/platform/bindings";
import { asFailure } from "@/platform/failure";
import type { Platform } from "@/platform/platform";
import { keepEnded } from "@/shell/endedReplays";
import { endJob, reportJob } from "@/shell/jobs";

import type { Kind } from "./words";

export interface RunState {
  /** `refused`: it did not start; `failed`: it ended without a report. */
  readonly phase: "waiting" | "starting" | "refused" | "running" | "finished" | "failed";
  readonly confirmed: number;
  readonly failed: number;
  readonly removed: number;
  readonly total: number;
  readonly stopping: boolean;
  readonly report: ReplayReport | null;
  readonly failure: Failure | null;
}

/** What is said of it beside its numbers. */
export interface RunWords {
  /** What is written to. */
  readonly target: string;
  /** What the source holds. */
  readonly kind: Kind;
}

export interface Run {
  start(order: ReplayOrder, words: RunWords): void;
  stop(): void;
  /** Someone looks at it, until the function given back is called: nothing needs to be kept then. */
  watch(): () => void;
  subscribe(listener: () => void): () => void;
  state(): RunState;
}

const WAITING: RunState = {
  phase: "waiting",
  confirmed: 0,
  failed: 0,
  removed: 0,
  total: 0,
  stopping: false,
  report: null,
  failure: null,
};

/** Whether it is on: started, and not over. */
export function isOn({ phase }: RunState): boolean {
  return phase === "starting" || phase === "running";
}

interface Pace {
  readonly done: number;
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
}

let serial = 0;

export function createRun(platform: Platform): Run {
  const listeners = new Set<() => void>();
  let state = WAITING;
  let job: string | null = null;
  let watchers = 0;
  let tell = (): void => undefined;
  const set = (change: Partial<RunState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };
  const requestStop = (): void => {
    // A job that has just ended cannot be stopped: its report says how it ended.
    if (job !== null) platform.commands.stopReplay(job).catch(() => undefined);
  };
  const stop = (): void => {
    if (!isOn(state) || state.stopping) return;
    set({ stopping: true });
    tell();
    requestStop();
  };

  return {
    start: (order, { target, kind }) => {
      if (isOn(state)) return;
      serial += 1;
      const id = `replay ${serial}`;
      state = { ...WAITING };
      set({ phase: "starting", total: order.count });
      let pace: Pace = { done: 0, perSecond: null, secondsLeft: null };
      tell = () =>
        reportJob({
          id,
          kind: "replay",
          name: target,
          total: order.count,
          stop,
          stopping: state.stopping,
          ...pace,
        });
      const end = (change: Partial<RunState>): void => {
        tell = () => undefined;
        endJob(id);
        set(change);
        const { report, failure } = state;
        if (watchers === 0) keepEnded(platform, { id, target, kind, report, failure });
      };
      const on = (event: ReplayEvent): void => {
        switch (event.event) {
          case "progress":
            set({
              phase: "running",
              confirmed: event.confirmed,
              failed: event.failed,
              removed: event.removed,
              total: event.of,
            });
            pace = {
              done: event.done,
              perSecond: event.perSecond,
              secondsLeft: event.secondsLeft,
            };
            tell();
            return;
          case "finished":
            end({ phase: "finished", report: event.report, confirmed: event.report.confirmed });
            return;
          case "failed":
            end({ phase: "failed", failure: event.failure });
        }
      };
      platform.commands.startReplay(order, platform.channel(on)).then(
        (started) => {
          job = started;
          // Events may have come first, and the end with them.
          if (state.phase === "starting") {
            set({ phase: "running" });
            tell();
          }
          if (state.stopping) requestStop();
          return started;
        },
        (error: unknown) => {
          const failure = asFailure(error);
          set({ phase: "refused", failure });
          // Whoever closed the sheet meanwhile believes that it runs.
          if (watchers === 0) keepEnded(platform, { id, target, kind, report: null, failure });
          return null;
        },
      );
    },
    stop,
    watch: () => {
      watchers += 1;
      return () => {
        watchers -= 1;
      };
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => state,
  };
}
