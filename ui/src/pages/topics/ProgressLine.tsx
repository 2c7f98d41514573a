import { Fragment, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { bold } from "@/components/rich";
import { forPlural, share, useFormat } from "@/format";
import { useText, type MessageKey } from "@/i18n";
import type { Coverage, ReadRequest } from "@/platform/bindings";

import { Accounted } from "./Accounted";
import type { ReadState } from "./read";
import styles from "./topic.module.css";

export interface ProgressLineProps {
  state: ReadState;
  request: ReadRequest;
  onStop: () => void;
  /** What can be done with the rows. */
  children?: ReactNode;
}

/** How far a read is, and how it ended: what it covered and what it did not. */
export function ProgressLine({ state, request, onStop, children }: ProgressLineProps): ReactNode {
  const { t, rich } = useText();
  const format = useFormat();
  const { phase, coverage, rate, secondsLeft } = state;
  const running = phase === "running";
  // What the line says beside it. A range that holds nothing was read as a whole.
  const done =
    coverage === null
      ? share(state.covered, state.range ?? 0)
      : coverage.range === "0"
        ? 1
        : share(coverage.covered, coverage.range ?? 0);
  return (
    <div className={styles["progress"]} role="status" aria-label={t("read.progress")}>
      <div className={styles["meter"]} aria-hidden>
        <i style={{ width: `${done * 100}%` }} />
      </div>
      {phase === "finished" && (
        <span className={styles["rows"]}>
          {rich("read.rows", {
            count: forPlural(state.rows),
            shown: format.count(state.rows),
            b: bold,
          })}
        </span>
      )}
      {running && (
        <span
          className={styles["rows"]}
          title={t("read.received", {
            count: forPlural(state.received),
            shown: format.count(state.received),
            bytes: format.bytes(state.bytes),
          })}
        >
          {[
            // Nothing is known before the first answer: that is no 0.
            state.covered === "0" && state.range === null
              ? t("read.starting")
              : rich(state.range === null ? "read.scanned.some" : "read.scanned", {
                  count: forPlural(state.covered),
                  covered: format.count(state.covered),
                  range: format.count(state.range ?? ""),
                  b: bold,
                }),
            rate !== null && t("read.rate", { rate: format.rate(rate) }),
            secondsLeft !== null && t("read.left", { time: format.left(secondsLeft) }),
          ]
            .filter((part) => part !== false)
            .map((part, place) => (
              // oxlint-disable-next-line react/no-array-index-key -- the parts have their places
              <Fragment key={place}>
                {place > 0 && " · "}
                {part}
              </Fragment>
            ))}
        </span>
      )}
      {coverage !== null && <Ending coverage={coverage} request={request} />}
      <span className={styles["rest"]}>
        {children}
        {running && (
          <Button
            onClick={onStop}
            disabled={state.stopping || state.resultSet === null}
            reason={t(state.stopping ? "read.stopping" : "read.starting")}
          >
            {t("read.stop")}
          </Button>
        )}
      </span>
    </div>
  );
}

function endOf(coverage: Coverage, request: ReadRequest): MessageKey {
  if (coverage.end !== "limit") return `read.end.${coverage.end}`;
  return request.start.at === "newest" ? "read.end.limit.older" : "read.end.limit.newer";
}

function Ending({ coverage, request }: { coverage: Coverage; request: ReadRequest }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const partial = coverage.end === "partitions_offline" || coverage.end === "incomplete";
  return (
    <>
      <span className={partial ? styles["warn"] : undefined}>{t(endOf(coverage, request))}</span>
      <span
        title={t("read.accounted.help", {
          count: forPlural(coverage.received),
          received: format.count(coverage.received),
        })}
      >
        {t(coverage.range === null ? "read.accounted.some" : "read.accounted", {
          count: forPlural(coverage.covered),
          covered: format.count(coverage.covered),
          range: format.count(coverage.range ?? ""),
        })}
      </span>
      <Accounted of="read" coverage={coverage} />
    </>
  );
}
