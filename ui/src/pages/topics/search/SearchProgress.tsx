import type { ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { bold } from "@/components/rich";
import { forPlural, share, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { SearchCoverage } from "@/platform/bindings";

import { Accounted } from "../Accounted";
import topic from "../topic.module.css";
import { PassedOverList } from "./PassedOverList";
import styles from "./search.module.css";
import type { Search, SearchState } from "./search";
import { endingOf, proofOf } from "./words";

export interface SearchProgressProps {
  state: SearchState;
  search: Search;
  /** Shows the records that could not be told; absent where they are shown. */
  onUndecided?: () => void;
  /** What can be done with the rows. */
  children?: ReactNode;
}

/** How far a search is, and how it ended: what it found, and what that proves. */
export function SearchProgress(props: SearchProgressProps): ReactNode {
  const { state, search, children } = props;
  const { t } = useText();
  const { phase, coverage, hits, undecided } = state;
  const running = phase === "running";
  const done = coverage?.range === "0" ? 1 : share(state.covered, state.range ?? 0);
  return (
    <div className={topic["progress"]} role="status" aria-label={t("search.progress")}>
      <div className={topic["meter"]} aria-hidden>
        <i style={{ width: `${done * 100}%` }} />
      </div>
      {running && <Running state={state} />}
      {phase === "failed" && hits > 0 && (
        <span className={topic["warn"]}>{t("search.failed")}</span>
      )}
      <Hits state={state} />
      {running && hits > 0 && (
        <span title={t("search.provisional.help")}>{t("search.provisional")}</span>
      )}
      {coverage !== null && <Ending coverage={coverage} hits={hits} undecided={undecided} />}
      {undecided > 0 && <Undecided count={undecided} onShow={props.onUndecided} />}
      {coverage !== null && (
        <>
          <PassedOverList spans={coverage.passedOver} />
          {/* The proof says it already. */}
          {proofOf(coverage, undecided) !== "whole" && <Scanned coverage={coverage} />}
          <Accounted of="search" coverage={coverage} />
        </>
      )}
      <span className={topic["rest"]}>
        {children}
        {running && (
          <Button
            onClick={search.stop}
            disabled={state.stopping || state.sets === null}
            reason={t(state.stopping ? "read.stopping" : "read.starting")}
          >
            {t("read.stop")}
          </Button>
        )}
        {coverage?.goesOn === true && (
          <Button onClick={search.goOn}>
            {t(coverage.end === "limit" ? "search.more" : "search.continue")}
          </Button>
        )}
      </span>
    </div>
  );
}

/** How many there are, unless the end says that there are none. */
function Hits({ state }: { state: SearchState }): ReactNode {
  const { rich } = useText();
  const format = useFormat();
  const { phase, hits, undecided, coverage, range, covered } = state;
  const isKnown = hits > 0 || (phase === "running" && !(covered === "0" && range === null));
  const isPartial = coverage !== null && proofOf(coverage, undecided) === "partial";
  if (!isKnown && !isPartial) return null;
  return (
    <span className={topic["rows"]}>
      {rich(hits === 0 ? "search.hits.soFar" : "search.hits", {
        count: hits,
        shown: format.count(hits),
        b: bold,
      })}
    </span>
  );
}

function Running({ state }: { state: SearchState }): ReactNode {
  const { t, rich } = useText();
  const format = useFormat();
  const { covered, range, speed, secondsLeft } = state;
  // Nothing is known before the first answer: that is no 0.
  if (covered === "0" && range === null) return <span>{t("read.starting")}</span>;
  return (
    <>
      <span className={topic["rows"]}>
        {rich(range === null ? "read.scanned.some" : "read.scanned", {
          count: forPlural(covered),
          covered: format.count(covered),
          range: format.count(range ?? ""),
          b: bold,
        })}
      </span>
      {speed !== null && (
        <span>
          {t("search.speed", {
            records: format.rate(speed.records),
            bytes: format.bytes(Math.round(speed.bytes)),
          })}
        </span>
      )}
      {secondsLeft !== null && <span>{t("read.left", { time: format.left(secondsLeft) })}</span>}
    </>
  );
}

interface EndingProps {
  coverage: SearchCoverage;
  hits: number;
  undecided: number;
}

function Ending({ coverage, hits, undecided }: EndingProps): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const { covered, range } = coverage;
  const isWhole = proofOf(coverage, undecided) === "whole";
  const failed = coverage.end === "partitions_offline" || coverage.end === "incomplete";
  return (
    <span className={isWhole ? styles["proof"] : failed ? topic["warn"] : undefined}>
      {t(endingOf(coverage, hits, undecided), {
        count: forPlural(range ?? covered),
        range: format.count(range ?? ""),
      })}
    </span>
  );
}

function Scanned({ coverage }: { coverage: SearchCoverage }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const { covered, range, received } = coverage;
  return (
    <span
      title={t("read.accounted.help", {
        count: forPlural(received),
        received: format.count(received),
      })}
    >
      {t(range === null ? "read.accounted.some" : "read.accounted", {
        count: forPlural(covered),
        covered: format.count(covered),
        range: format.count(range ?? ""),
      })}
    </span>
  );
}

function Undecided(props: { count: number; onShow: (() => void) | undefined }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const { count, onShow } = props;
  const words = t("search.undecided", { count, shown: format.count(count) });
  return (
    <span className={styles["undecided"]} title={t("search.undecided.help")}>
      {onShow === undefined ? (
        words
      ) : (
        <Button kind="link" onClick={onShow}>
          {words}
        </Button>
      )}
    </span>
  );
}
