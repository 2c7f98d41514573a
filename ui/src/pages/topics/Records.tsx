import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import {
  useCallback,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
  type ReactNode,
  type RefObject,
} from "react";

import {
  DataTable,
  nothing,
  rowsOf,
  sizeOf,
  type DataTableHandle,
  type Selection,
} from "@/components/DataTable/DataTable";
import { useRowPages } from "@/components/DataTable/useRowPages";
import { FailureLine } from "@/components/FailureState/FailureState";
import { failureText } from "@/components/FailureState/words";
import { useHotkey } from "@/components/hotkeys";
import { SplitView } from "@/components/SplitView/SplitView";
import { useToast } from "@/components/Toast/Toast";
import type { Highlight } from "@/components/ValueView/highlight";
import { useFormat } from "@/format";
import { useText } from "@/i18n";
import { useReplaySheet } from "@/pages/replay";
import type { SearchPlace } from "@/platform/bindings";
import { limits } from "@/platform/limits";
import { useCommands } from "@/platform/platform";

import { recordColumns, type Sort } from "./columns";
import { Inspector } from "./Inspector";
import { numbersHere, numbersOf } from "./rowNumbers";
import { SelectionActions } from "./SelectionActions";
import styles from "./topic.module.css";
import { useCursor } from "./useCursor";
import { useRecordActions } from "./useRecordActions";

/** Of rows that do not keep their places: only their numbers stay. */
export interface RowsOrder {
  /** They may be at other places already, and nobody was told yet. */
  readonly mayMove: boolean;
  /** Absent while they cannot be ordered. */
  readonly sort: Sort | undefined;
}

/** What is marked, and in which parts. */
export interface Marks {
  readonly highlight: Highlight;
  readonly places: readonly SearchPlace[];
}

export interface RecordsProps {
  resultSet: string;
  /** What is listed, for screen readers. */
  label: string;
  count: number;
  /** Another number: the rows are others, or at other places, than those that came before. */
  revision: number;
  compacted: boolean;
  /** Whether rows say their topic. */
  topics: boolean;
  /** Whether rows say why it could not be told whether they are hits. */
  why?: boolean;
  /** Absent where the place of a row is its number. */
  order?: RowsOrder;
  marks?: Marks;
  table: RefObject<DataTableHandle | null>;
  /** What stands above the rows; gets what can be done with those that are selected. */
  renderHead: (actions: ReactNode) => ReactNode;
}

/** The rows of a result set, and one of them beside it. */
export function Records(props: RecordsProps): ReactNode {
  const { resultSet, revision, compacted, topics, why = false, order, marks, table } = props;
  const text = useText();
  const { t } = text;
  const format = useFormat();
  const commands = useCommands();
  const navigate = useNavigate();
  const toast = useToast();
  const [selection, setSelection] = useState<Selection>(nothing);
  const [inspected, setInspected] = useState(false);
  const sheet = useReplaySheet();
  const load = useCallback(
    async (from: number, count: number) => (await commands.readRows(resultSet, from, count)).rows,
    [commands, resultSet],
  );
  const rows = useRowPages(load, props.count);
  const cursor = useCursor(rows, revision);
  const { record } = cursor;
  const onRevision = useEffectEvent(() => {
    rows.reload();
    if (order === undefined || selection.length === 0) return;
    setSelection(nothing);
    toast(t("search.moved.selection"));
  });
  const known = useRef(revision);
  useEffect(() => {
    if (known.current === revision) return;
    known.current = revision;
    onRevision();
  }, [revision]);
  const actions = useRecordActions(resultSet);
  // Whoever came here by the keyboard goes on with it.
  useEffect(() => {
    if (document.activeElement === document.body) table.current?.focus();
  }, [table]);
  const sort = order?.sort;
  const columns = useMemo(
    () => recordColumns(text, format, { compacted, topics, why, sort }),
    [text, format, compacted, topics, why, sort],
  );

  const replay = (numbers: readonly number[]): void => {
    sheet.open({ from: "records", resultSet, rows: [...numbers] });
  };
  const choice = useMutation({
    mutationFn: (asked: { selection: Selection; revision: number }) =>
      numbersOf(asked.selection, rows.rowAt, load),
    onSuccess: (numbers, asked) => {
      if (numbers === null || asked.revision !== revision || order?.mayMove === true)
        toast(t("search.moved.replay"), "bad");
      else replay(numbers);
    },
  });
  const selected = sizeOf(selection);
  const most = limits.replayedMessages;
  const refusal = ((): string | null => {
    if (sheet.refusal !== null) return sheet.refusal;
    const shown = format.count(selected);
    if (selected > most) return t("record.tooManySelected", { shown, most: format.count(most) });
    // What is asked for now may come from places where it is not any more.
    const isSure = order?.mayMove !== true || numbersHere(selection, rows.rowAt) !== null;
    return isSure ? null : t("search.moved.unseen");
  })();
  const replaySelection = (): void => {
    if (refusal !== null) {
      toast(refusal, "bad");
      return;
    }
    const numbers = order === undefined ? rowsOf(selection) : numbersHere(selection, rows.rowAt);
    if (numbers !== null) replay(numbers);
    else if (!choice.isPending)
      choice.mutate(
        { selection, revision },
        { onError: (failure) => toast(failureText(text, failure), "bad") },
      );
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

  const isSomewhere = record !== null || cursor.index !== null;
  const isOpen = inspected && isSomewhere;
  // Nothing acts on what is nowhere to be seen.
  const target = isOpen || cursor.index !== null ? record : null;
  const onKey = (key: string): boolean => {
    if (key === "Escape") back();
    else if (key === "r" && selected > 0) replaySelection();
    else if (key !== "c" && key !== "e" && key !== "r") return false;
    else if (target === null) return true;
    else if (key === "r") replay([target.row]);
    else if (key === "c") actions.copy(target, "value");
    else actions.save(target, "value");
    return true;
  };

  const end = sheet.isOpen
    ? sheet.sheet(() => {
        setInspected(isSomewhere);
        table.current?.focus();
      })
    : isOpen && (
        <Inspector
          resultSet={resultSet}
          record={record}
          topics={topics}
          {...(marks === undefined ? {} : { marks })}
          actions={actions}
          onReplay={({ row }) => replay([row])}
        />
      );

  return (
    <>
      {props.renderHead(
        selected > 0 && (
          <SelectionActions
            selected={selected}
            onClear={() => setSelection(nothing)}
            onReplay={replaySelection}
            refusal={choice.isPending ? t("common.loading") : refusal}
          />
        ),
      )}
      {rows.failure !== null && <FailureLine failure={rows.failure} onRetry={rows.reload} />}
      <div className={styles["split"]}>
        <SplitView
          id="topic"
          label={t("record.inspector")}
          start={
            <DataTable
              ref={table}
              id="records"
              label={props.label}
              columns={columns}
              count={props.count}
              rowAt={rows.rowAt}
              onWindow={rows.onWindow}
              active={cursor.index}
              onActive={cursor.onIndex}
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
