//! A replay that runs, and its report once it is over.

import type { ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { FailureLine } from "@/components/FailureState/FailureState";
import { bold } from "@/components/rich";
import { Sheet } from "@/components/Sheet/Sheet";
import { forPlural, share, useFormat } from "@/format";
import { useText } from "@/i18n";

import styles from "./replay.module.css";
import { ReportView } from "./ReportView";
import type { Run, RunState } from "./run";
import type { Kind } from "./words";

export interface RunningProps {
  title: string;
  kind: Kind;
  run: Run;
  state: RunState;
  onClose: () => void;
}

export function Running({ title, kind, run, state, onClose }: RunningProps): ReactNode {
  const { t } = useText();
  const { report, failure } = state;
  const over = state.phase !== "running";
  return (
    <Sheet
      title={title}
      onClose={onClose}
      // What is over has nothing to press: the head closes it.
      footer={
        over ? undefined : (
          <Button onClick={run.stop} disabled={state.stopping} reason={t("replay.stopping")}>
            {t("replay.stop")}
          </Button>
        )
      }
    >
      {report !== null ? (
        <ReportView report={report} kind={kind} />
      ) : (
        <HowFar state={state} over={over} />
      )}
      {failure !== null && <FailureLine failure={failure} />}
    </Sheet>
  );
}

function HowFar({ state, over }: { state: RunState; over: boolean }): ReactNode {
  const { t, rich } = useText();
  const format = useFormat();
  const counted = (count: number) => ({ count: forPlural(count), shown: format.count(count) });
  return (
    <div className={styles["running"]} role="status">
      <div className={styles["meter"]} aria-hidden>
        <i style={{ width: `${share(state.confirmed, state.total) * 100}%` }} />
      </div>
      <p>
        {rich("replay.confirmed", {
          count: forPlural(state.confirmed),
          confirmed: format.count(state.confirmed),
          total: format.count(state.total),
          b: bold,
        })}
        {state.failed > 0 && (
          <span className={styles["failed"]}>
            {" · "}
            {t("replay.count.notConfirmed", counted(state.failed))}
          </span>
        )}
        {state.removed > 0 && (
          <>
            {" · "}
            {t("replay.count.removed", counted(state.removed))}
          </>
        )}
      </p>
      {!over && (
        <p className={styles["muted"]}>{t(state.stopping ? "replay.stopping" : "replay.goesOn")}</p>
      )}
    </div>
  );
}
