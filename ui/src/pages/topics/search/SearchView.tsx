import { useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { EmptyState } from "@/components/EmptyState/EmptyState";
import { FailureLine, FailureState } from "@/components/FailureState/FailureState";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { SearchCoverage, SearchRequest } from "@/platform/bindings";
import { usePlatform } from "@/platform/platform";

import { FactsFailure } from "../FactsFailure";
import { Incomplete } from "../Incomplete";
import type { AnswerProps } from "../Messages";
import { Records, type Marks } from "../Records";
import topic from "../topic.module.css";
import { HistogramOf } from "./HistogramOf";
import { createSearch, type Search } from "./search";
import styles from "./search.module.css";
import { SearchProgress } from "./SearchProgress";
import { useRowOrder } from "./useRowOrder";
import { proofOf } from "./words";

export interface SearchViewProps extends AnswerProps {
  request: SearchRequest;
  onNarrow: (from: string, to: string) => void;
}

/** A search, from its request to its rows. */
export function SearchView(props: SearchViewProps): ReactNode {
  const { connection, request } = props;
  const platform = usePlatform();
  const search = useMemo(
    () => createSearch(platform, connection, request),
    [platform, connection, request],
  );
  useEffect(() => {
    search.start();
    return () => search.dispose();
  }, [search]);
  // Another search begins at its hits, in its own order.
  return <Answer key={search.id} {...props} search={search} />;
}

/** A text alone can be marked where it is shown: see `highlight.ts`. */
function marksOf({ condition }: SearchRequest): Marks | undefined {
  if (condition.by !== "text") return undefined;
  const { text, caseSensitive, wholeWord, places } = condition;
  return { highlight: { text, caseSensitive, wholeWord }, places };
}

function Answer({ search, ...props }: SearchViewProps & { search: Search }): ReactNode {
  const { request, onAgain } = props;
  const { t } = useText();
  const format = useFormat();
  const state = useSyncExternalStore(search.subscribe, search.state);
  const [view, setView] = useState<"hits" | "undecided">("hits");
  const marks = useMemo(() => marksOf(request), [request]);
  const { phase, sets, coverage, failure, shown } = state;
  const hits = useRowOrder(sets?.hits ?? null, request.newestFirst, state.settled);
  const undecided = useRowOrder(sets?.undecided ?? null, request.newestFirst, state.settled);
  const showUndecided = (): void => setView("undecided");
  const manyTopics = request.topics.length > 1;
  const topicNames = request.topics.map(printable).join(", ");
  const count = shown[view];
  const progress = (actions: ReactNode): ReactNode => (
    <SearchProgress
      state={state}
      search={search}
      {...(view === "hits" ? { onUndecided: showUndecided } : {})}
    >
      {actions}
    </SearchProgress>
  );
  const isNothing = phase === "failed" && count === 0;
  const facts = (
    <FactsFailure failure={props.factsFailure} told={failure} onRetry={props.onFacts} />
  );
  const below = (
    <>
      {failure !== null && !isNothing && (
        <FailureLine failure={failure} onRetry={phase === "finished" ? search.goOn : onAgain} />
      )}
      {coverage !== null && (
        <Incomplete
          partitions={coverage.partitions.map(({ topic, partition }) =>
            manyTopics ? `${printable(topic)} ${format.count(partition)}` : format.count(partition),
          )}
          failure={coverage.failure}
          // Going on asks them again, and what was found stays.
          onRetry={coverage.goesOn ? search.goOn : onAgain}
        />
      )}
      {sets !== null && shown.hits > 0 && (
        <HistogramOf
          resultSet={sets.hits}
          hits={shown.hits}
          settled={state.settled}
          onNarrow={props.onNarrow}
        />
      )}
      {view === "undecided" && (
        <div className={styles["back"]}>
          <b>{t("search.undecided.shown")}</b>
          <span>{t("search.undecided.help")}</span>
          <Button kind="link" onClick={() => setView("hits")}>
            {t("search.undecided.back")}
          </Button>
        </div>
      )}
    </>
  );
  if (sets === null || count === 0)
    return (
      <>
        {facts}
        {progress(false)}
        {below}
        <div className={topic["split"]}>
          {failure !== null && isNothing ? (
            <FailureState failure={failure} onRetry={onAgain} />
          ) : phase === "running" ? (
            <Skeleton rows={16} />
          ) : coverage === null ? null : (
            <None
              coverage={coverage}
              undecided={state.undecided}
              committed={request.committed}
              onUndecided={showUndecided}
            />
          )}
        </div>
      </>
    );
  const { sort, revision, isOrdering } = view === "hits" ? hits : undecided;
  const isRunning = phase === "running";
  return (
    <>
      {facts}
      <Records
        key={sets[view]}
        resultSet={sets[view]}
        label={t(view === "hits" ? "search.list" : "search.undecided.list", { topic: topicNames })}
        count={count}
        revision={revision}
        compacted={props.compacted}
        topics={manyTopics}
        why={view === "undecided"}
        order={{ mayMove: isRunning || isOrdering, sort: isRunning ? undefined : sort }}
        {...(marks === undefined ? {} : { marks })}
        table={props.table}
        renderHead={(actions) => (
          <>
            {progress(actions)}
            {below}
          </>
        )}
      />
    </>
  );
}

interface NoneProps {
  coverage: SearchCoverage;
  undecided: number;
  /** Only records that are committed were looked at. */
  committed: boolean;
  onUndecided: () => void;
}

/** Nothing was found: what that means, and what could be done. */
function None({ coverage, undecided, committed, onUndecided }: NoneProps): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const proof = proofOf(coverage, undecided);
  return (
    <EmptyState
      title={t(`search.nothing.${proof}`)}
      actions={
        undecided > 0 && (
          <Button onClick={onUndecided}>
            {t("search.undecided.show", { count: undecided, shown: format.count(undecided) })}
          </Button>
        )
      }
    >
      {t(`search.nothing.${proof}.text`)} {committed && t("search.nothing.committed")}
    </EmptyState>
  );
}
