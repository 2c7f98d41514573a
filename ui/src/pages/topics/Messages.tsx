import { useNavigate } from "@tanstack/react-router";
import {
  useCallback,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";

import { Button } from "@/components/Button/Button";
import {
  DataTable,
  nothing,
  rowsOf,
  sizeOf,
  type DataTableHandle,
  type Selection,
} from "@/components/DataTable/DataTable";
import { useRowPages } from "@/components/DataTable/useRowPages";
import { EmptyState } from "@/components/EmptyState/EmptyState";
import { FailureLine, FailureState } from "@/components/FailureState/FailureState";
import { useHotkey } from "@/components/hotkeys";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { SplitView } from "@/components/SplitView/SplitView";
import { useFormat } from "@/format";
import { useText } from "@/i18n";
import { useReplaySheet } from "@/pages/replay";
import type { Failure, ReadRequest } from "@/platform/bindings";
import { limits } from "@/platform/limits";
import { useCommands, usePlatform } from "@/platform/platform";

import { recordColumns } from "./columns";
import { Inspector } from "./Inspector";
import { Incomplete, ProgressLine } from "./ProgressLine";
import { createRead, type Read } from "./read";
import styles from "./topic.module.css";
import { useRecordActions } from "./useRecordActions";

export interface MessagesProps {
  connection: string;
  /** A new object starts a new read. */
  request: ReadRequest;
  compacted: boolean;
  onAgain: () => void;
  /** Why the facts of the topic are not known, or not as they are now. */
  factsFailure: Failure | null;
  onFacts: () => void;
}

/** A read, from its request to its rows. */
export function Messages(props: MessagesProps): ReactNode {
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
  return <ReadView {...props} read={read} />;
}

/** Said once is enough. */
function isSame(failure: Failure, other: Failure | null): boolean {
  return other !== null && failure.code === other.code && failure.message === other.message;
}

function ReadView({
  connection,
  request,
  compacted,
  onAgain,
  factsFailure,
  onFacts,
  read,
}: MessagesProps & { read: Read }): ReactNode {
  const text = useText();
  const { t } = text;
  const state = useSyncExternalStore(read.subscribe, read.state);
  const { phase, resultSet, coverage } = state;
  return (
    <>
      {factsFailure !== null && !isSame(factsFailure, state.failure) && (
        <FailureLine failure={factsFailure} onRetry={onFacts} />
      )}
      {resultSet === null || (state.rows === 0 && phase !== "running") ? (
        <>
          <ProgressLine state={state} request={request} onStop={read.stop} />
          {coverage !== null && <Incomplete coverage={coverage} onRetry={onAgain} />}
          <div className={styles["split"]}>
            {state.failure !== null ? (
              <FailureState failure={state.failure} onRetry={onAgain} />
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
        <Rows
          key={resultSet}
          connection={connection}
          resultSet={resultSet}
          read={read}
          compacted={compacted}
          onAgain={onAgain}
        />
      )}
    </>
  );
}

interface RowsProps {
  connection: string;
  resultSet: string;
  read: Read;
  compacted: boolean;
  onAgain: () => void;
}

function Rows({ resultSet, read, compacted, onAgain }: RowsProps): ReactNode {
  const text = useText();
  const { t } = text;
  const format = useFormat();
  const commands = useCommands();
  const navigate = useNavigate();
  const state = useSyncExternalStore(read.subscribe, read.state);
  const table = useRef<DataTableHandle>(null);
  const [active, setActive] = useState<number | null>(null);
  const [selection, setSelection] = useState<Selection>(nothing);
  const [inspected, setInspected] = useState(false);
  const sheet = useReplaySheet();
  const load = useCallback(
    async (from: number, count: number) => (await commands.readRows(resultSet, from, count)).rows,
    [commands, resultSet],
  );
  const rows = useRowPages(load, state.rows);
  // While it is read a result set gives no rows, and what was asked for then came back empty.
  const reading = state.phase === "running";
  const before = useRef(reading);
  const reload = useEffectEvent(rows.reload);
  useEffect(() => {
    if (before.current && !reading) reload();
    before.current = reading;
  }, [reading]);
  const actions = useRecordActions(resultSet, (index) => {
    const row = rows.rowAt(index);
    if (row === undefined) return undefined;
    return t("record.title", { partition: row.partition, offset: format.count(row.offset) });
  });
  // Whoever came here by the keyboard goes on with it.
  useEffect(() => {
    if (document.activeElement === document.body) table.current?.focus();
  }, []);
  const columns = useMemo(() => recordColumns(text, format, compacted), [text, format, compacted]);
  const selected = sizeOf(selection);

  const replay = (indexes: readonly number[]): void => {
    if (indexes.length > 0) sheet.open({ from: "records", resultSet, rows: [...indexes] });
  };
  const tooMany = selected > limits.replayedMessages;
  const replayChosen = (): void => {
    if (tooMany) return;
    if (selected > 0) replay(rowsOf(selection));
    else if (active !== null) replay([active]);
  };
  const inspect = (): void => {
    sheet.close();
    setInspected(true);
  };
  const back = (): void => {
    if (sheet.isOpen || inspected) {
      sheet.close();
      setInspected(false);
      table.current?.focus();
    } else if (selected > 0) setSelection(nothing);
    else void navigate({ to: "/c/$id/topics", from: "/c/$id/topics/$topic" });
  };
  useHotkey("escape", back);

  const onKey = (key: string): boolean => {
    if (key === "c" || key === "e") {
      if (active === null) return true;
      if (key === "c") actions.copy(active, "value");
      else actions.save(active, "value");
    } else if (key === "r") replayChosen();
    else if (key === "Escape") back();
    else return false;
    return true;
  };

  const end = sheet.isOpen
    ? sheet.sheet(() => {
        setInspected(active !== null);
        table.current?.focus();
      })
    : inspected &&
      active !== null && (
        <Inspector
          resultSet={resultSet}
          row={active}
          actions={actions}
          onReplay={() => replay([active])}
        />
      );

  return (
    <>
      <ProgressLine state={state} request={read.request} onStop={read.stop}>
        {selected > 0 && (
          <>
            <b>{t("common.selected", { shown: format.count(selected) })}</b>
            <Button kind="link" onClick={() => setSelection(nothing)}>
              {t("record.clearSelection")}
            </Button>
            <Button
              onClick={replayChosen}
              disabled={tooMany || sheet.refusal !== null}
              reason={
                sheet.refusal ??
                t("record.tooManySelected", {
                  shown: format.count(selected),
                  most: format.count(limits.replayedMessages),
                })
              }
            >
              {t("record.replayMany", { shown: format.count(selected) })}
            </Button>
          </>
        )}
      </ProgressLine>
      {state.failure !== null && <FailureLine failure={state.failure} onRetry={onAgain} />}
      {rows.failure !== null && <FailureLine failure={rows.failure} onRetry={rows.reload} />}
      {state.coverage !== null && <Incomplete coverage={state.coverage} onRetry={onAgain} />}
      <div className={styles["split"]}>
        <SplitView
          id="topic"
          label={t("record.inspector")}
          start={
            <DataTable
              ref={table}
              id="records"
              label={t("record.list", { topic: read.request.topic })}
              columns={columns}
              count={state.rows}
              rowAt={rows.rowAt}
              onWindow={rows.onWindow}
              active={active}
              onActive={setActive}
              onInspect={inspect}
              selection={selection}
              onSelection={setSelection}
              onKey={onKey}
            />
          }
          end={end === false ? null : end}
        />
      </div>
      {actions.question}
    </>
  );
}
