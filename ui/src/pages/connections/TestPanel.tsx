import type { ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { FailureState, TechnicalDetail } from "@/components/FailureState/FailureState";
import { detailOf, isOurs } from "@/components/FailureState/words";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { useFormat } from "@/format";
import { useText } from "@/i18n";
import type { BrokerKind, Failure, Step } from "@/platform/bindings";

import { foundIn } from "./found";
import { failedName, namesItself, stageName } from "./steps";
import styles from "./TestPanel.module.css";

export type TestState =
  | { readonly state: "idle" }
  /** The form cannot be right yet; so many fields say why. */
  | { readonly state: "invalid"; readonly fields: number }
  | { readonly state: "running" }
  | { readonly state: "failed"; readonly failure: Failure }
  | {
      readonly state: "done";
      readonly steps: readonly Step[];
      readonly broker: BrokerKind;
      /** The form is not the one that was tested any more. */
      readonly stale: boolean;
    };

export interface TestPanelProps {
  test: TestState;
  onRun: () => void;
  onCopy: () => void;
}

/** How far a connection gets, step by step. */
export function TestPanel({ test, onRun, onCopy }: TestPanelProps): ReactNode {
  const { t } = useText();
  const again = test.state === "done" || test.state === "failed";
  return (
    <div className={styles["panel"]}>
      <header className={styles["head"]}>
        <h2>{t("connections.test.title")}</h2>
        <Button
          onClick={onRun}
          disabled={test.state === "running"}
          reason={t("connections.test.running")}
        >
          {test.state === "running"
            ? t("connections.test.running")
            : t(again ? "connections.test.again" : "connections.test.run")}
        </Button>
      </header>
      <div className={styles["body"]} aria-live="polite" aria-busy={test.state === "running"}>
        <Outcome test={test} onRun={onRun} />
        {test.state === "done" && (
          <footer className={styles["foot"]}>
            <Button onClick={onCopy}>{t("connections.test.copy")}</Button>
          </footer>
        )}
      </div>
    </div>
  );
}

function Outcome({ test, onRun }: Pick<TestPanelProps, "test" | "onRun">): ReactNode {
  const { t } = useText();
  switch (test.state) {
    case "idle":
      return <p className={styles["note"]}>{t("connections.test.empty")}</p>;
    case "invalid":
      return (
        <p className={styles["note"]} role="alert">
          {t("connections.test.invalid", { count: test.fields })}
        </p>
      );
    case "running":
      return <Skeleton rows={6} />;
    case "failed":
      return <FailureState failure={test.failure} onRetry={onRun} />;
    case "done":
      return (
        <>
          {test.stale && <p className={styles["stale"]}>{t("connections.test.stale")}</p>}
          <ol className={styles["steps"]} aria-label={t("connections.test.steps")}>
            {test.steps.map((step) => (
              <StepLine key={step.stage} step={step} broker={test.broker} />
            ))}
          </ol>
        </>
      );
  }
}

function StepLine({ step, broker }: { step: Step; broker: BrokerKind }): ReactNode {
  const text = useText();
  const { t } = text;
  const format = useFormat();
  const time = step.tookMillis === null ? "" : format.millis(step.tookMillis);
  const line = (...parts: readonly string[]): string =>
    parts.filter((part) => part !== "").join(" · ");
  switch (step.state) {
    case "passed":
      return (
        <li className={styles["passed"]}>
          <b>{stageName(step, broker, text)}</b>{" "}
          <span className="visually-hidden">{t("connections.test.passed")}</span>
          <span className={styles["found"]}>{line(foundIn(step, text), time)}</span>
        </li>
      );
    case "failed":
      return (
        <li className={styles["failed"]}>
          <b>{failedName(step, broker, text)}</b>
          <span className={styles["found"]}>
            {line(time, namesItself(step) ? t("connections.test.once") : "")}
          </span>
          {step.failure !== null && <Why step={step} failure={step.failure} />}
        </li>
      );
    case "not_reached":
      return (
        <li className={styles["off"]}>
          <b>{stageName(step, broker, text)}</b>
          <span className={styles["found"]}>{t("connections.test.notReached")}</span>
        </li>
      );
  }
}

/** In another language than Rust's: what its code says first, and then what Rust says. */
function Why({ step, failure }: { step: Step; failure: Failure }): ReactNode {
  const text = useText();
  const { t } = text;
  const next = t(`failure.next.${failure.code}`);
  return (
    <>
      {!isOurs(text) && (
        <p>
          {namesItself(step)
            ? next
            : t("failure.withNext", { what: t(`failure.${failure.code}`), next })}
        </p>
      )}
      <p>
        <TechnicalDetail>{detailOf(failure)}</TechnicalDetail>
      </p>
    </>
  );
}
