//! One replay that runs: how far it is, and its report. It lives as long as the job does, also when
//! the sheet that started it is closed.

import type { Failure, ReplayEvent, ReplayOrder, ReplayReport } from "@/platform/bindings";
import { asFailure } from "@/platform/failure";
import type { Platform } from "@/platform/platform";
import { endJob, reportJob } from "@/shell/jobs";

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

export interface Run {
  start(order: ReplayOrder, target: string): void;
  stop(): void;
  /** Hears of the end, whoever still looks; one listener. */
  onEnd(listener: (target: string, state: RunState) => void): void;
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

let serial = 0;

export function createRun(platform: Platform): Run {
  const listeners = new Set<() => void>();
  let state = WAITING;
  let job: string | null = null;
  let ended: (target: string, state: RunState) => void = () => undefined;
  const set = (change: Partial<RunState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };
  const requestStop = (): void => {
    // A job that has just ended cannot be stopped: its report says how it ended.
    if (job !== null) platform.commands.stopReplay(job).catch(() => undefined);
  };

  return {
    start: (order, target) => {
      if (state.phase === "starting" || state.phase === "running") return;
      serial += 1;
      const id = `replay ${serial}`;
      state = { ...WAITING };
      set({ phase: "starting", total: order.count });
      const tell = (done: number, perSecond: number | null, secondsLeft: number | null): void =>
        reportJob({
          id,
          kind: "replay",
          name: target,
          done,
          total: order.count,
          perSecond,
          secondsLeft,
        });
      const end = (change: Partial<RunState>): void => {
        endJob(id);
        set(change);
        ended(target, state);
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
            tell(event.done, event.perSecond, event.secondsLeft);
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
            tell(0, null, null);
          }
          if (state.stopping) requestStop();
          return started;
        },
        (error: unknown) => {
          set({ phase: "refused", failure: asFailure(error) });
          return null;
        },
      );
    },
    stop: () => {
      set({ stopping: true });
      requestStop();
    },
    onEnd: (listener) => {
      ended = listener;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => state,
  };
}
