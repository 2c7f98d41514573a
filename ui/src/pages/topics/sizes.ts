//! Approximate counts of topics, asked for only where they are in view: a cluster of ten thousand
//! topics costs what the screen shows.

import { useQueries } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import type { TopicSize } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";

/** A row that is only scrolled past is not asked for. Milliseconds. */
const SETTLE = 120;
/** Counts move, but nobody reads them to the digit. Milliseconds. */
const FRESH = 30_000;

type Ask = (topics: string[]) => Promise<TopicSize[]>;

/** Puts names asked for in one turn into one question. */
export function createBatch(ask: Ask): (name: string) => Promise<TopicSize> {
  let waiting: string[] = [];
  let answer: Promise<ReadonlyMap<string, TopicSize>> | null = null;
  return async (name) => {
    waiting.push(name);
    answer ??= Promise.resolve().then(async () => {
      const names = waiting;
      waiting = [];
      answer = null;
      return new Map((await ask(names)).map((size) => [size.name, size]));
    });
    const sizes = await answer;
    return sizes.get(name) ?? { name, offsets: null, failure: null };
  };
}

export type SizeState = TopicSize | "loading";

/** For each of `visible`, once they stayed in view. */
export function useTopicSizes(
  connection: string,
  visible: readonly string[],
): (name: string) => SizeState {
  const commands = useCommands();
  const batch = useMemo(
    () => createBatch((topics) => commands.topicSizes(connection, topics)),
    [commands, connection],
  );
  const key = visible.join("\n");
  const [settled, setSettled] = useState<readonly string[]>([]);
  useEffect(() => {
    const names = key === "" ? [] : key.split("\n");
    const timer = setTimeout(() => setSettled(names), SETTLE);
    return () => clearTimeout(timer);
  }, [key]);
  const results = useQueries({
    queries: settled.map((name) => ({
      queryKey: ["topic-size", connection, name],
      queryFn: () => batch(name),
      staleTime: FRESH,
    })),
  });
  return useMemo(() => {
    const sizes = new Map<string, SizeState>();
    for (const [index, name] of settled.entries()) {
      const result = results[index];
      if (result?.data !== undefined) sizes.set(name, result.data);
      else if (result?.error !== null && result?.error !== undefined)
        sizes.set(name, { name, offsets: null, failure: result.error });
    }
    return (name) => sizes.get(name) ?? "loading";
  }, [results, settled]);
}
