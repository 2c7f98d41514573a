import type { ReactNode } from "react";

import { FailureLine } from "@/components/FailureState/FailureState";
import { useText } from "@/i18n";
import type { Failure } from "@/platform/bindings";

import styles from "./topic.module.css";

export interface IncompleteProps {
  /** Those that were not read to their end, as they are shown. */
  partitions: readonly string[];
  /** Why they, or all of it, could not. */
  failure: Failure | null;
  onRetry: () => void;
}

/** What could not be read, and why: it never hides what could. */
export function Incomplete({ partitions, failure, onRetry }: IncompleteProps): ReactNode {
  const { t } = useText();
  if (partitions.length === 0 && failure === null) return null;
  return (
    <div className={styles["incomplete"]} role="alert">
      {partitions.length > 0 && (
        <p>
          {t("read.incomplete", { count: partitions.length, partitions: partitions.join(", ") })}
        </p>
      )}
      {failure !== null && <FailureLine failure={failure} onRetry={onRetry} />}
    </div>
  );
}
