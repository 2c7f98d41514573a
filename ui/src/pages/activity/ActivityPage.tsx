import { useEffect, useRef, useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { DataTable, type DataTableHandle } from "@/components/DataTable/DataTable";
import { EmptyState } from "@/components/EmptyState/EmptyState";
import { Facts } from "@/components/Facts/Facts";
import { FailureLine, FailureState } from "@/components/FailureState/FailureState";
import { useHotkey } from "@/components/hotkeys";
import { PageHead } from "@/components/PageHead/PageHead";
import { Select } from "@/components/Select/Select";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { SplitView } from "@/components/SplitView/SplitView";
import { TextInput } from "@/components/TextInput/TextInput";
import { everyTime, forPlural, printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { ActivityEntry } from "@/platform/bindings";
import { useConnections } from "@/platform/queries";

import styles from "./ActivityPage.module.css";
import { useActivityColumns } from "./columns";
import { useEntries, type Entries } from "./entries";
import {
  actionText,
  actionTitle,
  countText,
  detailText,
  isCounted,
  objectText,
  sinceText,
  sourceText,
  useSince,
} from "./words";

/** Milliseconds after the last key until the ledger is asked. */
const TYPING = 200;
const ALL = "";

/** Who changed what, where, why, and how it ended. */
export function ActivityPage(): ReactNode {
  const { t } = useText();
  const connections = useConnections();
  const table = useRef<DataTableHandle>(null);
  const filter = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [wanted, setWanted] = useState("");
  const [connection, setConnection] = useState(ALL);
  /** By its id, because its place changes with every new entry; as it was when last seen. */
  const [chosen, setChosen] = useState<ActivityEntry | null>(null);
  const [open, setOpen] = useState(false);
  const list = useEntries({ text: wanted, connection: connection === ALL ? null : connection });
  const { entries } = list;
  const columns = useActivityColumns(open);
  const place = chosen === null ? -1 : (entries ?? []).findIndex(({ id }) => id === chosen.id);
  const active = place === -1 ? null : place;
  // A newer one may have pushed it out of what is loaded: it stays open as it was.
  const entry = open && chosen !== null ? (entries?.[place] ?? chosen) : undefined;

  useEffect(() => {
    const timer = setTimeout(() => setWanted(text.trim()), TYPING);
    return () => clearTimeout(timer);
  }, [text]);
  const question = JSON.stringify([wanted, connection]);
  const [shown, setShown] = useState(question);
  // Another list: nothing of the one before may stay open.
  if (question !== shown) {
    setShown(question);
    setChosen(null);
    setOpen(false);
  }

  useHotkey("/", () => filter.current?.focus());
  useHotkey("escape", () => setOpen(false), { enabled: open });

  const isFiltered = wanted !== "" || connection !== ALL;
  const clear = (): void => {
    setText("");
    setWanted("");
    setConnection(ALL);
  };

  return (
    <>
      <PageHead title={t("activity.title")} />
      <div className={styles["bar"]} role="search">
        <TextInput
          ref={filter}
          aria-label={t("activity.filter")}
          placeholder={t("activity.filter.placeholder")}
          value={text}
          chars={36}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape" && text !== "") setText("");
            else if (event.key === "Escape" || event.key === "ArrowDown") table.current?.focus();
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
        <Select
          label={t("activity.connection")}
          value={connection}
          options={[
            { value: ALL, label: t("activity.connection.all") },
            ...connections.map(({ id, name, environment }) => ({
              value: id,
              label: printable(name),
              note: t(`common.environment.${environment}`),
            })),
          ]}
          onChange={setConnection}
        />
      </div>
      {list.failure !== null ? (
        <FailureState failure={list.failure} onRetry={list.retry} />
      ) : entries === undefined ? (
        <Skeleton />
      ) : (
        <div className={styles["split"]}>
          <SplitView
            id="activity"
            label={t("activity.detail.label")}
            defaultWidth={window.innerWidth < 1360 ? 320 : 360}
            start={
              <>
                <DataTable
                  ref={table}
                  id="activity"
                  label={t("activity.table")}
                  columns={columns}
                  count={entries.length}
                  rowAt={(index) => entries[index]}
                  active={active}
                  onActive={(index) => setChosen(entries[index] ?? null)}
                  onInspect={() => setOpen(true)}
                  empty={<Nothing isFiltered={isFiltered} onClear={clear} />}
                />
                {entries.length > 0 && <Foot list={list} />}
              </>
            }
            end={
              entry === undefined ? null : (
                <EntryDetail entry={entry} onClose={() => setOpen(false)} />
              )
            }
          />
        </div>
      )}
    </>
  );
}

function Nothing(props: { isFiltered: boolean; onClear: () => void }): ReactNode {
  const { t } = useText();
  if (!props.isFiltered) {
    return <EmptyState title={t("activity.empty.title")}>{t("activity.empty.text")}</EmptyState>;
  }
  return (
    <EmptyState
      title={t("activity.noMatch.title")}
      actions={<Button onClick={props.onClear}>{t("activity.noMatch.clear")}</Button>}
    >
      {t("activity.noMatch.text")}
    </EmptyState>
  );
}

function Foot({ list }: { list: Entries }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const n = format.count(list.entries?.length ?? 0);
  return (
    <footer className={styles["foot"]}>
      {list.moreFailure !== null && (
        <FailureLine failure={list.moreFailure} onRetry={list.loadMore} />
      )}
      <span>
        {t(list.hasMore ? "activity.shown" : "activity.shownAll", {
          n,
          count: list.entries?.length ?? 0,
        })}
      </span>
      {list.unreadable > 0n && (
        <span className={styles["unreadable"]}>
          {t("activity.unreadable", {
            n: format.count(list.unreadable),
            count: forPlural(list.unreadable),
          })}
        </span>
      )}
      {list.hasMore && (
        <Button onClick={list.loadMore} disabled={list.loadingMore} reason={t("activity.loading")}>
          {t(list.loadingMore ? "activity.loading" : "activity.more")}
        </Button>
      )}
    </footer>
  );
}

function EntryDetail({ entry, onClose }: { entry: ActivityEntry; onClose: () => void }): ReactNode {
  const text = useText();
  const { t } = text;
  const format = useFormat();
  const since = sinceText(text, useSince()(entry.connection, entry.connectionName));
  const source = sourceText(text, entry);
  const detail =
    entry.detail === null && entry.outcome === "unknown"
      ? t("activity.outcome.unknown.hint")
      : detailText(text, format, entry);
  return (
    <div className={styles["detail"]}>
      <header>
        <h2 title={actionTitle(text, entry)}>{actionText(text, entry)}</h2>
        <Button kind="link" onClick={onClose}>
          {t("common.close")}
        </Button>
      </header>
      <Facts
        label={t("activity.detail.label")}
        facts={[
          {
            name: t("activity.column.time"),
            value: <span title={everyTime(entry.at)}>{format.time(entry.at)}</span>,
          },
          { name: t("activity.column.operator"), value: printable(entry.operator) },
          {
            name: t("activity.column.connection"),
            value: (
              <>
                {printable(entry.connectionName)}{" "}
                <span className={styles["environment"]} data-environment={entry.environment}>
                  {t(`common.environment.${entry.environment}`)}
                </span>
                {since !== null && <em> {since}</em>}
              </>
            ),
          },
          { name: t("activity.column.object"), value: objectText(text, entry) },
          ...(isCounted(entry)
            ? [
                {
                  name: t("activity.column.count"),
                  value:
                    entry.count === null ? (
                      <em>{t("common.unknown")}</em>
                    ) : (
                      countText(text, format, entry, entry.count)
                    ),
                },
              ]
            : []),
          ...(entry.done === null
            ? []
            : [
                {
                  name: t("activity.detail.done"),
                  value: countText(text, format, entry, entry.done),
                },
              ]),
          ...(entry.failed === null
            ? []
            : [
                {
                  name: t("activity.detail.failed"),
                  value: countText(text, format, entry, entry.failed),
                },
              ]),
          ...(source === "" ? [] : [{ name: t("activity.column.source"), value: source }]),
          {
            name: t("activity.column.reason"),
            value:
              entry.reason === "" ? (
                <em>{t("activity.detail.noReason")}</em>
              ) : (
                printable(entry.reason)
              ),
          },
          {
            name: t("activity.column.outcome"),
            value: (
              <span className={styles["outcome"]} data-outcome={entry.outcome}>
                {t(`activity.outcome.${entry.outcome}`)}
              </span>
            ),
          },
          ...(detail === "" ? [] : [{ name: t("activity.column.detail"), value: detail }]),
        ]}
      />
    </div>
  );
}
