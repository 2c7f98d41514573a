import { Link, useNavigate } from "@tanstack/react-router";
import { RefreshCw } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import { Badge } from "@/components/Badge/Badge";
import { Button } from "@/components/Button/Button";
import { Chip } from "@/components/Chip/Chip";
import { DataTable, type Column, type DataTableHandle } from "@/components/DataTable/DataTable";
import { EmptyState } from "@/components/EmptyState/EmptyState";
import { FailureLine, FailureState } from "@/components/FailureState/FailureState";
import { useHotkey } from "@/components/hotkeys";
import { PageHead } from "@/components/PageHead/PageHead";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { TextInput } from "@/components/TextInput/TextInput";
import { printable, useFormat } from "@/format";
import { useText, type MessageKey } from "@/i18n";
import type { ConnectionSummary, HoldView, QueueRow, QueueSort } from "@/platform/bindings";
import { useHolds } from "@/platform/queries";

import { heldIn } from "./holds";
import { OpenByName } from "./OpenByName";
import { useQueueList, type QueueChoice } from "./queueList";
import styles from "./QueuesPage.module.css";

/** Milliseconds after the last key until the broker is asked. */
const TYPING = 250;

/** The queues of a connection. */
export function QueueListView({ connection }: { connection: ConnectionSummary }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const navigate = useNavigate();
  const table = useRef<DataTableHandle>(null);
  const filter = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [choice, setChoice] = useState<QueueChoice>({ name: "", sort: "name", descending: false });
  const [active, setActive] = useState<number | null>(null);
  const holds = useHolds();
  const list = useQueueList(connection.id, choice);
  const { total } = list;
  const columns = useQueueColumns(connection.id, holds, choice, (next) => {
    setChoice(next);
    setActive(null);
  });

  useEffect(() => {
    // The cursor belongs to the rows in view, and stays while they do.
    if (text === choice.name) return;
    const timer = setTimeout(() => {
      setChoice((before) => ({ ...before, name: text }));
      setActive(null);
    }, TYPING);
    return () => clearTimeout(timer);
  }, [text, choice.name]);

  useHotkey("/", () => filter.current?.focus());

  const clear = (): void => {
    setText("");
    table.current?.focus();
  };
  const open = (index: number): void => {
    const row = list.rowAt(index);
    if (row === undefined) return;
    void navigate({
      to: "/c/$id/queues/$queue",
      params: { id: connection.id, queue: row.name },
    });
  };

  return (
    <>
      <PageHead
        crumbs={[
          <Link
            key="connection"
            to="/c/$id/queues"
            params={{ id: connection.id }}
            className={styles["rabbit"]}
          >
            {printable(connection.name)}
          </Link>,
        ]}
        title={t("queues.title")}
        chips={
          list.total !== undefined && (
            <Chip>
              {t(choice.name === "" ? "queues.list.total" : "queues.list.matching", {
                n: format.count(list.total),
                count: list.total,
              })}
            </Chip>
          )
        }
        actions={
          <Button onClick={list.refresh}>
            <RefreshCw size={13} aria-hidden /> {t("queues.list.refresh")}
          </Button>
        }
      />
      {list.refusal !== null ? (
        <div className={styles["refused"]}>
          <FailureState failure={list.refusal} onRetry={list.refresh} />
          <OpenByName connection={connection.id} />
        </div>
      ) : (
        <>
          <div className={styles["bar"]} role="search">
            <TextInput
              ref={filter}
              aria-label={t("queues.list.filter")}
              placeholder={t("queues.list.filter")}
              value={text}
              chars={36}
              onChange={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "Escape" && text !== "") setText("");
                else if (event.key === "Escape" || event.key === "ArrowDown")
                  table.current?.focus();
                else return;
                event.preventDefault();
                event.stopPropagation();
              }}
            />
          </div>
          {list.failure !== null && (
            <div className={styles["pageFailure"]}>
              <FailureLine failure={list.failure} onRetry={list.refresh} />
            </div>
          )}
          {total === undefined ? (
            <Skeleton />
          ) : (
            <div className={styles["table"]}>
              <DataTable
                ref={table}
                id="queues"
                label={t("queues.list.label", { connection: printable(connection.name) })}
                columns={columns}
                count={total}
                rowAt={list.rowAt}
                onWindow={list.onWindow}
                active={active}
                onActive={setActive}
                onInspect={open}
                empty={
                  choice.name === "" ? (
                    <EmptyState title={t("queues.list.empty.title")}>
                      {t("queues.list.empty.text")}
                    </EmptyState>
                  ) : (
                    <EmptyState
                      title={t("queues.list.noMatch.title")}
                      actions={<Button onClick={clear}>{t("queues.list.noMatch.clear")}</Button>}
                    >
                      {t("queues.list.noMatch.text", { filter: printable(choice.name) })}
                    </EmptyState>
                  )
                }
              />
            </div>
          )}
        </>
      )}
    </>
  );
}

function useQueueColumns(
  connection: string,
  holds: readonly HoldView[],
  choice: QueueChoice,
  onChoice: (choice: QueueChoice) => void,
): readonly Column<QueueRow>[] {
  const { t } = useText();
  const format = useFormat();
  return useMemo<readonly Column<QueueRow>[]>(() => {
    const unknown = <span className={styles["unknown"]}>{t("queues.unknown")}</span>;
    const sorted = (sort: QueueSort): Pick<Column<QueueRow>, "sort"> => ({
      sort: {
        direction: choice.sort === sort ? (choice.descending ? "descending" : "ascending") : null,
        // Of numbers the largest matter first; names begin at A.
        onSort: () =>
          onChoice({
            ...choice,
            sort,
            descending: choice.sort === sort ? !choice.descending : sort !== "name",
          }),
      },
    });
    const count = (
      id: "ready" | "unacked" | "consumers",
      header: MessageKey,
      width: number,
    ): Column<QueueRow> => ({
      id,
      header: t(header),
      width,
      align: "end",
      ...sorted(id),
      cell: (row) => {
        const value = row[id];
        if (value === null) return unknown;
        // A statistic that counts ours too.
        const ours = id === "consumers" && heldIn(holds, connection, row.name) > 0;
        return <span title={ours ? t("queues.list.own") : undefined}>{format.count(value)}</span>;
      },
    });
    const rate = (id: "publishRate" | "deliverRate", header: MessageKey): Column<QueueRow> => ({
      id,
      header: t(header),
      width: 76,
      align: "end",
      cell: (row) => {
        const value = row[id];
        return value === null ? (
          unknown
        ) : (
          <span className={styles["rate"]}>{format.rate(value)}</span>
        );
      },
    });
    return [
      {
        id: "name",
        header: t("queues.list.column.name"),
        width: 220,
        grow: true,
        ...sorted("name"),
        cell: ({ name }) => {
          const held = heldIn(holds, connection, name);
          return (
            <>
              <span title={printable(name)}>{printable(name)}</span>
              {held > 0 && (
                <span className={styles["held"]}>
                  {t("queues.list.held", { n: format.count(held), count: held })}
                </span>
              )}
            </>
          );
        },
      },
      {
        id: "kind",
        header: t("queues.list.column.type"),
        width: 72,
        cell: ({ kind }) => (kind === null ? unknown : printable(kind)),
      },
      count("ready", "queues.list.column.ready", 90),
      count("unacked", "queues.list.column.unacked", 84),
      count("consumers", "queues.list.column.consumers", 94),
      rate("publishRate", "queues.list.column.publish"),
      rate("deliverRate", "queues.list.column.deliver"),
      {
        id: "state",
        header: t("queues.list.column.state"),
        width: 92,
        // At the end like the rates before it, so that it does not read on from them.
        align: "end",
        cell: ({ state }) =>
          state === null ? (
            unknown
          ) : state === "running" || state === "idle" ? (
            <span className={styles["rate"]}>{printable(state)}</span>
          ) : (
            <Badge kind="state">{printable(state)}</Badge>
          ),
      },
    ];
  }, [t, format, connection, holds, choice, onChoice]);
}
