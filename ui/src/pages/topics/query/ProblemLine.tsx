import type { ReactNode } from "react";

import { TechnicalDetail } from "@/components/FailureState/FailureState";
import { printable } from "@/format";
import { useText } from "@/i18n";

import { textOf, type Mode } from "./draft";
import { excerptOf } from "./excerpt";
import styles from "./query.module.css";
import type { Found } from "./useConditionCheck";

/** The id by which the field finds it. */
export const PROBLEM = "query-problem";

export interface ProblemLineProps {
  mode: Mode;
  found: Found | null;
}

/**
 * What of the text cannot be looked for, and where. What is written in a language of its own has room
 * for it from the start, so that nothing below it moves; of a plain text nearly nothing can be wrong.
 */
export function ProblemLine({ mode, found }: ProblemLineProps): ReactNode {
  const { t } = useText();
  if (found === null)
    return mode === "text" ? null : (
      <p id={PROBLEM} className={styles["problem"]}>
        {t(`query.hint.${mode}`)}
      </p>
    );
  const { at, length, message } = found.problem;
  const { before, marked, after } = excerptOf(textOf(found.condition), at, length);
  return (
    <p id={PROBLEM} className={styles["problem"]} role="status">
      <code className={styles["excerpt"]}>
        {printable(before)}
        {marked === "" ? (
          <mark className={styles["caret"]}>
            <span className="visually-hidden">{t("query.problem.here")}</span>
          </mark>
        ) : (
          <mark>{printable(marked)}</mark>
        )}
        {printable(after)}
      </code>{" "}
      <b>{t("query.problem")}</b> <TechnicalDetail>{printable(message)}</TechnicalDetail>
    </p>
  );
}
