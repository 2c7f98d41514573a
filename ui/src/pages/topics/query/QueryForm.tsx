import { useMemo, useRef, useState, type ReactNode } from "react";

import { useHotkey } from "@/components/hotkeys";
import { useText } from "@/i18n";
import { usePreferences } from "@/preferences";

import { ConditionRow } from "./ConditionRow";
import {
  conditionOf,
  isSearch,
  parseDraft,
  type Asked,
  type Draft,
  type DraftError,
} from "./draft";
import { ProblemLine } from "./ProblemLine";
import styles from "./query.module.css";
import { RangeRow } from "./RangeRow";
import { useConditionCheck } from "./useConditionCheck";

export interface QueryFormProps {
  topic: string;
  /** Null while it is unknown. */
  partitions: number | null;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  onAsk: (asked: Asked) => void;
  /** The text is left for what it found. */
  onLeave: () => void;
}

/** What part of the topic, and what to look for in it: without a text a read, with one a search. */
export function QueryForm(props: QueryFormProps): ReactNode {
  const { topic, partitions, draft, onDraft, onAsk } = props;
  const { t } = useText();
  const { zone } = usePreferences();
  const text = useRef<HTMLInputElement>(null);
  const [errors, setErrors] = useState<ReadonlySet<DraftError>>(new Set());
  const condition = useMemo(() => (isSearch(draft) ? conditionOf(draft) : null), [draft]);
  const check = useConditionCheck(condition);
  const serial = useRef(0);
  const change = (part: Partial<Draft>): void => {
    onDraft({ ...draft, ...part });
    setErrors(new Set());
  };
  useHotkey("/", () => {
    text.current?.focus();
    text.current?.select();
  });

  const ask = async (): Promise<void> => {
    const parsed = parseDraft(draft, {
      topic,
      partitions,
      zone,
      all: t("read.partitions.all"),
      now: Date.now(),
    });
    if (parsed.errors !== null) {
      setErrors(parsed.errors);
      return;
    }
    serial.current += 1;
    const mine = serial.current;
    // What would be refused must not take the place of what is on the screen.
    const isFine = await check.passes();
    if (isFine && mine === serial.current) onAsk(parsed.asked);
  };

  return (
    <form
      className={styles["query"]}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <RangeRow partitions={partitions} draft={draft} errors={errors} onChange={change} />
      <ConditionRow
        draft={draft}
        onChange={change}
        problem={check.found !== null && check.found.condition === condition}
        onLeave={props.onLeave}
        field={text}
      />
      <ProblemLine mode={draft.mode} found={check.found} />
    </form>
  );
}
