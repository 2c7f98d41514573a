import type { ReactNode } from "react";

import { useText } from "@/i18n";
import type { Failure } from "@/platform/bindings";

import { Button } from "../Button/Button";
import styles from "./FailureState.module.css";
import { detailOf, hintOf, isOurs, messageOf } from "./words";

export interface FailureStateProps {
  failure: Failure;
  onRetry?: () => void;
  actions?: ReactNode;
}

/** A failure that takes the place of a view: what, why, what next. */
export function FailureState({ failure, onRetry, actions }: FailureStateProps): ReactNode {
  const text = useText();
  const { t } = text;
  const next = t(`failure.next.${failure.code}`);
  return (
    <div className={styles["box"]} role="alert">
      <h2>{t(`failure.${failure.code}`)}</h2>
      {isOurs(text) ? (
        <>
          <p className="selectable">{messageOf(failure)}</p>
          <p className={styles["hint"]}>{failure.hint === null ? next : hintOf(failure.hint)}</p>
        </>
      ) : (
        <>
          <p>{next}</p>
          <p className={styles["hint"]}>
            <TechnicalDetail>{detailOf(failure)}</TechnicalDetail>
          </p>
        </>
      )}
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
  const text = useText();
  const { t } = text;
  return (
    <div className={styles["line"]} role="alert">
      <b>{t("failure.line", { what: t(`failure.${failure.code}`) })}</b>
      {isOurs(text) ? (
        <span className="selectable">{detailOf(failure)}</span>
      ) : (
        <span>
          {t(`failure.next.${failure.code}`)} <TechnicalDetail>{detailOf(failure)}</TechnicalDetail>
        </span>
      )}
      {onRetry !== undefined && (
        <Button kind="link" onClick={onRetry}>
          {t("common.retry")}
        </Button>
      )}
    </div>
  );
}

/** What Rust says, named as such where it is in another language than the window. */
export function TechnicalDetail({ children }: { children: string }): ReactNode {
  const text = useText();
  if (isOurs(text)) return <span className="selectable">{children}</span>;
  return (
    <span className={styles["technical"]}>
      {text.t("failure.detail")}{" "}
      <span className="selectable" lang="en">
        {children}
      </span>
    </span>
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
