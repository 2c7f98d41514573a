//! Replays that were running before this page began: it was loaded again, and their events went to
//! the page before. They are asked for until they end.

import { useEffect } from "react";

import { useCommands } from "@/platform/platform";

import { endJob, reportJob } from "./jobs";

const PAUSE = 1_000;

export function useRunningReplays(): void {
  const commands = useCommands();
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    /** Only those of the first answer: this page hears of its own. */
    let followed: ReadonlySet<string> | null = null;
    const ask = async (): Promise<void> => {
      const running = await commands.listReplays();
      if (gone) return;
      const ids = new Set(running.map(({ id }) => id));
      for (const id of followed ?? []) if (!ids.has(id)) endJob(id);
      followed = followed === null ? ids : new Set([...followed].filter((id) => ids.has(id)));
      for (const { id, object, of, done } of running) {
        if (followed.has(id))
          reportJob({
            id,
            kind: "replay",
            name: object,
            done,
            total: of,
            perSecond: null,
            secondsLeft: null,
          });
      }
      if (followed.size > 0) timer = setTimeout(again, PAUSE);
    };
    // A list that cannot be had is no news: the account is in Activity.
    const again = (): void => void ask().catch(() => undefined);
    again();
    return () => {
      gone = true;
      clearTimeout(timer);
      for (const id of followed ?? []) endJob(id);
    };
  }, [commands]);
}
