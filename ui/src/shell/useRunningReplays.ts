//! Replays that were running before this page began: it was loaded again, and their events went to
//! the page before. They are asked for until they end; of their end only Activity has the account.

import { useEffect, useEffectEvent } from "react";

import { useText } from "@/i18n";
import type { ReplayView } from "@/platform/bindings";
import { usePlatform } from "@/platform/platform";

import { keepEnded } from "./endedReplays";
import { endJob, reportJob } from "./jobs";
import { placeText } from "./placeText";

const PAUSE = 1_000;

export function useRunningReplays(): void {
  const platform = usePlatform();
  const text = useText();
  const nameOf = useEffectEvent((replay: ReplayView) => placeText(text, replay.place));
  useEffect(() => {
    const { commands } = platform;
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    /** By id; only those of the first answer: this page hears of its own. */
    let followed: ReadonlyMap<string, ReplayView> | null = null;
    const stopping = new Set<string>();
    const show = (replay: ReplayView): void => {
      const { id, of, done } = replay;
      reportJob({
        id,
        kind: "replay",
        name: nameOf(replay),
        done,
        total: of,
        perSecond: null,
        secondsLeft: null,
        stopping: stopping.has(id),
        stop: () => {
          stopping.add(id);
          show(followed?.get(id) ?? replay);
          // One that has just ended cannot be stopped; the next answer says so.
          commands.stopReplay(id).catch(() => undefined);
        },
      });
    };
    const ask = async (): Promise<void> => {
      const running = await commands.listReplays();
      if (gone) return;
      const now = new Map(running.map((replay) => [replay.id, replay]));
      for (const [id, replay] of followed ?? []) {
        if (now.has(id)) continue;
        endJob(id);
        const target = nameOf(replay);
        keepEnded(platform, { id, target, kind: null, report: null, failure: null });
      }
      const known = followed;
      followed = known === null ? now : new Map([...now].filter(([id]) => known.has(id)));
      for (const replay of followed.values()) show(replay);
      if (followed.size > 0) timer = setTimeout(again, PAUSE);
    };
    // A list that cannot be had is no news: the account is in Activity.
    const again = (): void => void ask().catch(() => undefined);
    again();
    return () => {
      gone = true;
      clearTimeout(timer);
      for (const id of followed?.keys() ?? []) endJob(id);
    };
  }, [platform]);
}
