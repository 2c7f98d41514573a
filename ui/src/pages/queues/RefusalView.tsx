//! Why the messages of a queue cannot be held, and what can be done about it.

import type { ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { EmptyState } from "@/components/EmptyState/EmptyState";
import { TechnicalDetail } from "@/components/FailureState/FailureState";
import { detailOf } from "@/components/FailureState/words";
import { printable } from "@/format";
import { useText } from "@/i18n";
import type { Failure, HoldRefusal } from "@/platform/bindings";

import styles from "./HoldSheet.module.css";

/** A permission is met when it is asked for: the facts of a queue do not tell it. */
export type Refused = HoldRefusal | { readonly why: "permission"; readonly failure: Failure };

/** What can pass: it is worth another look. */
const PASSING: ReadonlySet<Refused["why"]> = new Set([
  "down",
  "single_active_consumer",
  "exclusive_consumer",
  "permission",
]);

export function refusedBy(failure: Failure | null): Refused | null {
  return failure?.code === "authorization" ? { why: "permission", failure } : null;
}

export function RefusalView(props: { refused: Refused; onAgain: () => void }): ReactNode {
  const { refused } = props;
  const { t } = useText();
  const words = {
    kind: refused.why === "other_type" ? printable(refused.kind) : "",
    state: refused.why === "down" ? printable(refused.state) : "",
  };
  return (
    <div role="alert">
      <EmptyState
        title={t("queues.refused.title")}
        actions={
          PASSING.has(refused.why) && (
            <Button onClick={props.onAgain}>{t("queues.refused.again")}</Button>
          )
        }
      >
        <span className={styles["why"]}>{t(`queues.refused.why.${refused.why}`, words)}</span>
        <span>{t(`queues.refused.do.${refused.why}`)}</span>
        {refused.why === "permission" && (
          <span className={styles["why"]}>
            <TechnicalDetail>{detailOf(refused.failure)}</TechnicalDetail>
          </span>
        )}
      </EmptyState>
    </div>
  );
}
