//! Replays that ended while nobody looked at them: their account is kept until someone did.

import { useSyncExternalStore } from "react";

import type { Failure, ReplayReport } from "@/platform/bindings";
import { usePlatform, type Platform } from "@/platform/platform";

export interface EndedReplay {
  readonly id: string;
  /** What was written to. */
  readonly target: string;
  /** What the source held; null where that is not known. */
  readonly kind: "records" | "messages" | null;
  /** Null where there is none, or where it went to a page that is gone: then Activity has the account. */
  readonly report: ReplayReport | null;
  /** Why there is none. */
  readonly failure: Failure | null;
}

interface Kept {
  ended: readonly EndedReplay[];
  readonly listeners: Set<() => void>;
}

/** Each window has its own, and so has each test. */
const windows = new WeakMap<Platform, Kept>();

function keptOf(platform: Platform): Kept {
  const known = windows.get(platform) ?? { ended: [], listeners: new Set() };
  windows.set(platform, known);
  return known;
}

function set(kept: Kept, ended: readonly EndedReplay[]): void {
  kept.ended = ended;
  for (const listener of kept.listeners) listener();
}

export function keepEnded(platform: Platform, replay: EndedReplay): void {
  const kept = keptOf(platform);
  set(kept, [...kept.ended, replay]);
}

/** Someone has seen it. */
export function dropEnded(platform: Platform, id: string): void {
  const kept = keptOf(platform);
  set(
    kept,
    kept.ended.filter((replay) => replay.id !== id),
  );
}

export function useEndedReplays(): readonly EndedReplay[] {
  const kept = keptOf(usePlatform());
  return useSyncExternalStore(
    (listener) => {
      kept.listeners.add(listener);
      return () => kept.listeners.delete(listener);
    },
    () => kept.ended,
  );
}
