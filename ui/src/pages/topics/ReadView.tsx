import { useEffect, useMemo, useSyncExternalStore, type ReactNode } from "react";

import { EmptyState } from "@/components/EmptyState/EmptyState";
import { FailureLine, FailureState } from "@/components/FailureState/FailureState";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { useFormat } from "@/format";
import { useText } from "@/i18n";
import type { ReadRequest } from "@/platform/bindings";
import { usePlatform } from "@/platform/platform";

import { FactsFailure } from "./FactsFailure";
import { Incomplete } from "./Incomplete";
import type { AnswerProps } from "./Messages";
import { ProgressLine } from "./ProgressLine";
import { createRead, type Read } from "./read";
import { Records } from "./Records";
import styles from "./topic.module.css";

export interface ReadViewProps extends AnswerProps {
  request: ReadRequest;
}

/** A read, from its request to its rows. */
export function ReadView(props: ReadViewProps): ReactNode {
  const { connection, request } = props;
  const platform = usePlatform();
  const read = useMemo(
    () => createRead(platform, connection, request),
    [platform, connection, request],
  );
  useEffect(() => {
    read.start();
    return () => read.dispose();
  }, [read]);
  return <Answer {...props} read={read} />;
}

function Answer({ read, ...props }: ReadViewProps & { read: Read }): ReactNode {
  const { request, compacted, onAgain } = props;
  const { t } = useText();
  const format = useFormat();
  const state = useSyncExternalStore(read.subscribe, read.state);
  const { phase, resultSet, coverage, failure } = state;
  const incomplete = coverage !== null && (
    <Incomplete
      partitions={coverage.partitions.map((partition) => format.count(partition))}
      failure={coverage.failure}
      onRetry={onAgain}
    />
  );
  return (
    <>
      <FactsFailure failure={props.factsFailure} told={failure} onRetry={props.onFacts} />
      {resultSet === null || (state.rows === 0 && phase !== "running") ? (
        <>
          <ProgressLine state={state} request={request} onStop={read.stop} />
          {incomplete}
          <div className={styles["split"]}>
            {failure !== null ? (
              <FailureState failure={failure} onRetry={onAgain} />
            ) : phase === "running" ? (
              <Skeleton rows={16} />
            ) : (
              <EmptyState title={t("read.none.title")}>
                {t(request.committed ? "read.none.uncommitted" : "read.none.text")}
              </EmptyState>
            )}
          </div>
        </>
      ) : (
        <Records
          key={resultSet}
          resultSet={resultSet}
          label={t("record.list", { topic: request.topic })}
          count={state.rows}
          // While it is read a result set gives no rows, and what was asked for then came back empty.
          revision={phase === "running" ? 0 : 1}
          compacted={compacted}
          topics={false}
          table={props.table}
          renderHead={(actions) => (
            <>
              <ProgressLine state={state} request={request} onStop={read.stop}>
                {actions}
              </ProgressLine>
              {failure !== null && <FailureLine failure={failure} onRetry={onAgain} />}
              {incomplete}
            </>
          )}
        />
      )}
    </>
  );
}
