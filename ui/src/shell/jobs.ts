//! Work that runs now, for the status bar. Whoever starts a read, a search or a replay reports it here.

import { useSyncExternalStore } from "react";

import type { Whole } from "@/format";

export interface Job {
  readonly id: string;
  readonly kind: "read" | "search" | "replay";
  /** Of the topic read or searched, or of the target written to. */
  readonly name: string;
  /** Messages or offsets so far. */
  readonly done: Whole;
  /** Null where nobody can know. */
  readonly total: Whole | null;
  /** Messages a second. */
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
  /** Only of what goes on when its page is left. */
  readonly stop?: () => void;
  /** It was told to stop. */
  readonly stopping?: boolean;
}

let running: readonly Job[] = [];
const listeners = new Set<() => void>();

function set(next: readonly Job[]): void {
  running = next;
  for (const listener of listeners) listener();
}

export function reportJob(job: Job): void {
  const known = running.some((other) => other.id === job.id);
  set(known ? running.map((other) => (other.id === job.id ? job : other)) : [...running, job]);
}

export function endJob(id: string): void {
  if (running.some((job) => job.id === id)) set(running.filter((job) => job.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const current = (): readonly Job[] => running;

export function useJobs(): readonly Job[] {
  return useSyncExternalStore(subscribe, current);
}
