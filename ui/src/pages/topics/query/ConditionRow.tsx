import type { ReactNode, RefObject } from "react";

import { Button } from "@/components/Button/Button";
import { MultiSegmented } from "@/components/MultiSegmented/MultiSegmented";
import { Segmented } from "@/components/Segmented/Segmented";
import { TextInput } from "@/components/TextInput/TextInput";
import { useText } from "@/i18n";

import { isSearch, type Draft } from "./draft";
import { PROBLEM } from "./ProblemLine";
import styles from "./query.module.css";
import { QueryHelp } from "./QueryHelp";

const MODES = ["text", "pattern", "query"] as const;
const PLACES = ["value", "key", "headers"] as const;

export interface ConditionRowProps {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  /** The text as it stands cannot be looked for. */
  problem: boolean;
  onLeave: () => void;
  field: RefObject<HTMLInputElement | null>;
}

/** What to look for, and where. */
export function ConditionRow(props: ConditionRowProps): ReactNode {
  const { draft, onChange, problem, field } = props;
  const { t } = useText();
  const { mode, caseSensitive, wholeWord } = draft;
  const chosen = [caseSensitive && "case", wholeWord && "word"] as const;
  const options = [
    { value: "case", label: "Aa", name: t("query.case") },
    ...(mode === "text" ? [{ value: "word", label: t("query.word") } as const] : []),
  ] as const;
  return (
    <div className={styles["row"]}>
      <Segmented
        label={t("query.mode")}
        value={mode}
        options={MODES.map((value) => ({ value, label: t(`query.mode.${value}`) }))}
        onChange={(next) => onChange({ mode: next })}
      />
      <div className={styles["text"]}>
        <TextInput
          ref={field}
          mono
          aria-label={t(`query.text.${mode}`)}
          aria-invalid={problem}
          aria-describedby={mode === "text" && !problem ? undefined : PROBLEM}
          placeholder={t(`query.placeholder.${mode}`)}
          value={draft.text}
          onChange={(event) => onChange({ text: event.target.value })}
          onKeyDown={(event) => {
            if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
            event.stopPropagation();
            props.onLeave();
          }}
        />
      </div>
      {mode === "query" ? (
        <QueryHelp
          onTake={(text) => {
            onChange({ text });
            field.current?.focus();
          }}
        />
      ) : (
        <>
          <MultiSegmented
            label={t("query.options")}
            values={chosen.filter((value) => value !== false)}
            options={options}
            onChange={(values) =>
              onChange({
                caseSensitive: values.includes("case"),
                // Not shown, not changed.
                wholeWord: mode === "text" ? values.includes("word") : wholeWord,
              })
            }
          />
          <MultiSegmented
            label={t("query.places")}
            values={draft.places}
            atLeastOne
            options={PLACES.map((value) => ({ value, label: t(`query.place.${value}`) }))}
            onChange={(places) => onChange({ places })}
          />
        </>
      )}
      <Button kind="primary" type="submit" className={styles["go"] ?? ""}>
        {t(isSearch(draft) ? "query.search" : "read.read")}
      </Button>
    </div>
  );
}
