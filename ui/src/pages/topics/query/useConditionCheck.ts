//! Whether what is looked for can be read, asked a moment after the last key.

import { useCallback, useEffect, useRef, useState } from "react";

import type { ConditionProblem, SearchCondition } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";

export interface Found {
  /** What it was found in: the field may be further by now. */
  readonly condition: SearchCondition;
  readonly problem: ConditionProblem;
}

export interface ConditionCheck {
  /** Stays until something newer is known of a condition of its kind. */
  readonly found: Found | null;
  /** Asks at once. Where nobody answers, whoever searches will tell. */
  passes(): Promise<boolean>;
}

/** Milliseconds. */
const PAUSE = 250;

/** Null is nothing to look for. Another object is another condition: keep it while it is the same. */
export function useConditionCheck(condition: SearchCondition | null): ConditionCheck {
  const commands = useCommands();
  const [found, setFound] = useState<Found | null>(null);
  const ask = useCallback(async (): Promise<Found | null> => {
    if (condition === null) return null;
    // Nobody answers: nothing is known of it.
    const problem = await commands.checkCondition(condition).catch(() => null);
    return problem === null ? null : { condition, problem };
  }, [commands, condition]);
  // What is answered late of another condition is not heard.
  const latest = useRef(ask);
  const check = useCallback(async (): Promise<boolean> => {
    const answer = await ask();
    if (latest.current === ask) setFound(answer);
    return answer === null;
  }, [ask]);
  useEffect(() => {
    latest.current = ask;
    const timer = setTimeout(() => void check(), condition === null ? 0 : PAUSE);
    return () => clearTimeout(timer);
  }, [ask, check, condition]);
  return { found: found?.condition.by === condition?.by ? found : null, passes: check };
}
