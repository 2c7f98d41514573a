import { useNavigate } from "@tanstack/react-router";
import {
  useCallback,
  useEffect,
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
import { ReplaySheet } from "@/pages/replay";
import type { ReadRequest, ReplaySource } from "@/platform/bindings";
import { limits } from "@/platform/limits";
import { useCommands, usePlatform } from "@/platform/platform";

import { recordColumns } from "./columns";
import { Inspector } from "./Inspector";
import { Incomplete, ProgressLine } from "./ProgressLine";
import { createRead, type Read } from "./read";
import styles from "./topic.module.css";

export interface MessagesProps {
  connection: string;
  /** A new object starts a new read. */
  request: ReadRequest;
  compacted: boolean;
  onAgain: () => void;
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

function ReadView({
  connection,
  request,
  compacted,
  onAgain,
  read,
}: MessagesProps & { read: Read }): ReactNode {
  const text = useText();
  const { t } = text;
  const state = useSyncExternalStore(read.subscribe, read.state);
  const { phase, resultSet, coverage } = state;
  return (
    <>
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

type Panel =
  | { readonly kind: "inspector" }
  | { readonly kind: "replay"; readonly source: ReplaySource };

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
  const [panel, setPanel] = useState<Panel | null>(null);
  const [pressed, setPressed] = useState<{ key: "c" | "e"; time: number } | null>(null);
  const load = useCallback(
    async (from: number, count: number) => (await commands.readRows(resultSet, from, count)).rows,
    [commands, resultSet],
  );
  const rows = useRowPages(load, state.rows);
  // Whoever came here by the keyboard goes on with it.
  useEffect(() => {
    if (document.activeElement === document.body) table.current?.focus();
  }, []);
  const columns = useMemo(() => recordColumns(text, format, compacted), [text, format, compacted]);
  const selected = sizeOf(selection);

  const replay = (indexes: readonly number[]): void => {
    if (indexes.length > 0)
      setPanel({ kind: "replay", source: { from: "records", resultSet, rows: [...indexes] } });
  };
  const replayChosen = (): void => {
    if (selected > limits.replayedMessages) return;
    if (selected > 0) replay(rowsOf(selection));
    else if (active !== null) replay([active]);
  };
  const back = (): void => {
    if (panel !== null) {
      setPanel(null);
      table.current?.focus();
    } else if (selected > 0) setSelection(nothing);
    else void navigate({ to: "/c/$id/topics", from: "/c/$id/topics/$topic" });
  };
  useHotkey("escape", back);

  const onKey = (key: string): boolean => {
    if (key === "c" || key === "e") {
      if (active === null) return true;
      setPanel({ kind: "inspector" });
      setPressed((before) => ({ key, time: (before?.time ?? 0) + 1 }));
    } else if (key === "r") replayChosen();
    else if (key === "Escape") back();
    else return false;
    return true;
  };

  const end =
    panel?.kind === "replay" ? (
      <ReplaySheet
        source={panel.source}
        onClose={() => {
          setPanel(active === null ? null : { kind: "inspector" });
          table.current?.focus();
        }}
      />
    ) : panel !== null && active !== null ? (
      <Inspector
        resultSet={resultSet}
        row={active}
        pressed={pressed}
        onReplay={() => replay([active])}
      />
    ) : null;

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
              disabled={selected > limits.replayedMessages}
              reason={t("record.tooManySelected", {
                shown: format.count(selected),
                most: format.count(limits.replayedMessages),
              })}
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
              onInspect={() => setPanel({ kind: "inspector" })}
              selection={selection}
              onSelection={setSelection}
              onKey={onKey}
            />
          }
          end={end}
        />
      </div>
    </>
  );
}
