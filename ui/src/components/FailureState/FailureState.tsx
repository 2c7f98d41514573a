import type { ReactNode } from "react";

import { printable } from "@/format";
import { useText } from "@/i18n";
import type { Failure } from "@/platform/bindings";

import { Button } from "../Button/Button";
import styles from "./FailureState.module.css";

export interface FailureStateProps {
  failure: Failure;
  onRetry?: () => void;
  actions?: ReactNode;
}

/** `the topic x is gone` → `The topic x is gone.` */
function sentence(text: string): string {
  const shown = printable(text.trim());
  const [first = "", ...rest] = shown;
  const full = first.toUpperCase() + rest.join("");
  return /[.!?…]$/.test(full) ? full : `${full}.`;
}

/** A failure that takes the place of a view: what, why, what next. */
export function FailureState({ failure, onRetry, actions }: FailureStateProps): ReactNode {
  const { t } = useText();
  return (
    <div className={styles["box"]} role="alert">
      <h2>{t(`failure.${failure.code}`)}</h2>
      <p className="selectable">{sentence(failure.message)}</p>
      {failure.hint !== null && <p className={styles["hint"]}>{sentence(failure.hint)}</p>}
      {(onRetry !== undefined || actions !== undefined) && (
        <div className={styles["actions"]}>
          {onRetry !== undefined && <Button onClick={onRetry}>{t("common.retry")}</Button>}
          {actions}
        </div>
      )}
    </div>
  );
}

/** A failure beside what did work: one line. */
export function FailureLine({ failure, onRetry }: FailureStateProps): ReactNode {
  const { t } = useText();
  return (
    <div className={styles["line"]} role="alert">
      <b>{t(`failure.${failure.code}`)}:</b>
      <span className="selectable">
        {sentence(failure.message)}
        {failure.hint !== null && ` ${sentence(failure.hint)}`}
      </span>
      {onRetry !== undefined && (
        <Button kind="link" onClick={onRetry}>
          {t("common.retry")}
        </Button>
      )}
    </div>
  );
}

/** Several, as for facts that are missing. */
export function FailureList({ failures }: { failures: readonly Failure[] }): ReactNode {
  if (failures.length === 0) return null;
  return (
    <div className={styles["list"]}>
      {failures.map((failure) => (
        <FailureLine key={`${failure.code} ${failure.message}`} failure={failure} />
      ))}
    </div>
  );
}
