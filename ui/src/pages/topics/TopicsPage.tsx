import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { RefreshCw } from "lucide-react";
import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
  type RefObject,
} from "react";

import { Button } from "@/components/Button/Button";
import { Checkbox } from "@/components/Checkbox/Checkbox";
import { DataTable, type Column, type DataTableHandle } from "@/components/DataTable/DataTable";
import { EmptyState } from "@/components/EmptyState/EmptyState";
import { FailureState } from "@/components/FailureState/FailureState";
import { useHotkey } from "@/components/hotkeys";
import { PageHead } from "@/components/PageHead/PageHead";
import { Chip } from "@/components/Chip/Chip";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { TextInput } from "@/components/TextInput/TextInput";
import { failureText } from "@/components/FailureState/words";
import { forPlural, printable, useFormat, type Format } from "@/format";
import { useText, type Text } from "@/i18n";
import type { TopicRow } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";
import { topicsQuery, useConnection } from "@/platform/queries";

import { useAddressText } from "./addressText";
import { useTopicSizes, type SizeState } from "./sizes";
import { BY_NAME, next, sorted, type TopicOrder } from "./order";
import styles from "./topics.module.css";

/** Every topic of a cluster. */
export function TopicsPage(): ReactNode {
  const text = useText();
  const { t } = text;
  const format = useFormat();
  const [order, setOrder] = useState<TopicOrder>(BY_NAME);
  const { id } = useParams({ from: "/c/$id/topics" });
  const search = useSearch({ from: "/c/$id/topics" });
  const { internal = false } = search;
  const navigate = useNavigate({ from: "/c/$id/topics" });
  const [filter, setFilter] = useAddressText(search.filter ?? "", (text) => {
    void navigate({ search: (old) => ({ ...old, filter: text || undefined }), replace: true });
  });
  const client = useQueryClient();
  const connection = useConnection(id);
  const topics = useQuery(topicsQuery(useCommands(), id));
  const input = useRef<HTMLInputElement>(null);
  const table = useRef<DataTableHandle>(null);
  useHotkey("/", () => {
    input.current?.focus();
    input.current?.select();
  });

  const all = topics.data;
  const listed = useMemo(
    () => (all ?? []).filter((topic) => internal || !topic.internal),
    [all, internal],
  );
  const rows = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    const found = listed.filter(
      (topic) => wanted === "" || topic.name.toLowerCase().includes(wanted),
    );
    return sorted(found, order);
  }, [listed, filter, order]);
  const hidden = (all ?? []).filter((topic) => topic.internal).length;

  return (
    <>
      <PageHead
        crumbs={[
          <span key="connection" className={styles["kafka"]}>
            {printable(connection?.name ?? id)}
          </span>,
        ]}
        title={t("topics.title")}
        chips={
          all !== undefined && (
            <Chip>{countText(text, format, rows.length, listed.length, all.length)}</Chip>
          )
        }
        actions={
          <Button
            onClick={() => {
              void topics.refetch();
              void client.invalidateQueries({ queryKey: ["topic-size", id] });
            }}
          >
            <RefreshCw size={13} aria-hidden />
            {t("topics.reload")}
          </Button>
        }
      />
      <div className={styles["bar"]}>
        <TextInput
          ref={input}
          type="search"
          chars={36}
          aria-label={t("topics.filter")}
          placeholder={t("topics.filter")}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") {
              setFilter("");
              table.current?.focus();
            } else if (event.key === "Enter" || event.key === "ArrowDown") table.current?.focus();
            else return;
            event.preventDefault();
          }}
        />
        {hidden > 0 && (
          <Checkbox
            checked={internal}
            onChange={(checked) =>
              void navigate({
                search: (old) => ({ ...old, internal: checked || undefined }),
                replace: true,
              })
            }
          >
            {t("topics.internal")}
          </Checkbox>
        )}
      </div>
      {topics.error !== null ? (
        <FailureState failure={topics.error} onRetry={() => void topics.refetch()} />
      ) : all === undefined ? (
        <Skeleton rows={16} />
      ) : (
        <TopicTable
          connection={id}
          rows={rows}
          order={order}
          onOrder={setOrder}
          handle={table}
          empty={
            filter.trim() === "" ? (
              <EmptyState title={t("topics.none.title")}>
                {t("topics.none.text")}{" "}
                {hidden > 0 &&
                  t("topics.internalHidden", {
                    count: forPlural(hidden),
                    shown: format.count(hidden),
                  })}
              </EmptyState>
            ) : (
              <EmptyState title={t("topics.noneOfName.title")}>
                {t("topics.noneOfName.text", {
                  count: forPlural(listed.length),
                  shown: format.count(listed.length),
                })}
              </EmptyState>
            )
          }
        />
      )}
    </>
  );
}

/** `6 topics · 1 internal hidden`; with a filter, how many of them it leaves. */
function countText(
  { t }: Text,
  format: Format,
  shown: number,
  listed: number,
  all: number,
): string {
  const topics =
    shown === listed
      ? t("topics.count", { count: forPlural(listed), shown: format.count(listed) })
      : t("topics.count.of", {
          count: forPlural(listed),
          shown: format.count(shown),
          total: format.count(listed),
        });
  if (listed === all) return topics;
  const hidden = all - listed;
  return t("topics.count.hidden", {
    topics,
    count: forPlural(hidden),
    shown: format.count(hidden),
  });
}

interface TopicTableProps {
  connection: string;
  rows: readonly TopicRow[];
  order: TopicOrder;
  onOrder: (order: TopicOrder) => void;
  empty: ReactNode;
  handle: RefObject<DataTableHandle | null>;
}

function TopicTable(props: TopicTableProps): ReactNode {
  const { connection, rows, order, onOrder, empty, handle } = props;
  const { t } = useText();
  const navigate = useNavigate();
  const [active, setActive] = useState<number | null>(null);
  const [view, setView] = useState({ from: 0, count: 0 });
  const onWindow = useCallback((from: number, count: number) => setView({ from, count }), []);
  useEffect(() => {
    if (document.activeElement === document.body) handle.current?.focus();
  }, [handle]);
  const visible = rows
    .slice(view.from, view.from + view.count)
    .filter((topic) => topic.failure === null)
    .map((topic) => topic.name);
  const sizeOf = useTopicSizes(connection, visible);
  const columns = useMemo<readonly Column<TopicRow>[]>(() => {
    const sort = (by: TopicOrder["by"]): Column<TopicRow>["sort"] => ({
      direction: order.by === by ? (order.descending ? "descending" : "ascending") : null,
      onSort: () => {
        setActive(null);
        onOrder(next(order, by));
      },
    });
    return [
      {
        id: "name",
        header: t("topics.name"),
        width: 320,
        grow: true,
        sort: sort("name"),
        cell: (topic) => <Name topic={topic} />,
      },
      {
        id: "partitions",
        header: t("topics.partitions"),
        width: 90,
        align: "end",
        sort: sort("partitions"),
        cell: (topic) => (topic.failure === null ? <Count value={topic.partitions} /> : null),
      },
      {
        id: "replication",
        header: t("topics.replication"),
        width: 90,
        align: "end",
        sort: sort("replication"),
        cell: (topic) => (topic.failure === null ? <Count value={topic.replication} /> : null),
      },
      {
        id: "offsets",
        header: t("topics.offsets"),
        width: 130,
        align: "end",
        cell: (topic) => (topic.failure === null ? <Size size={sizeOf(topic.name)} /> : null),
      },
    ];
  }, [t, sizeOf, order, onOrder]);
  const topic = active === null ? undefined : rows[active];
  return (
    <>
      <div className={styles["table"]}>
        <DataTable
          ref={handle}
          id="topics"
          label={t("topics.title")}
          columns={columns}
          count={rows.length}
          rowAt={(index) => rows[index]}
          onWindow={onWindow}
          active={active === null || active < rows.length ? active : null}
          onActive={setActive}
          onInspect={(index) => {
            const topic = rows[index];
            if (topic === undefined) return;
            void navigate({
              to: "/c/$id/topics/$topic",
              params: { id: connection, topic: topic.name },
            });
          }}
          empty={empty}
        />
      </div>
      <Why topic={topic} size={topic === undefined ? "loading" : sizeOf(topic.name)} />
    </>
  );
}

/** Under the table: why something of the topic under the cursor is not known. */
function Why({ topic, size }: { topic: TopicRow | undefined; size: SizeState }): ReactNode {
  const text = useText();
  const failure = topic?.failure ?? (size === "loading" ? null : size.failure);
  return (
    <p className={styles["why"]} role="status">
      {topic !== undefined &&
        failure !== null &&
        text.t("topics.why", { topic: printable(topic.name), why: failureText(text, failure) })}
    </p>
  );
}

function Name({ topic }: { topic: TopicRow }): ReactNode {
  const text = useText();
  const { t } = text;
  const format = useFormat();
  const name = printable(topic.name);
  return (
    <>
      <span title={name}>{name}</span>
      {topic.failure !== null && (
        <span className={styles["fault"]} title={failureText(text, topic.failure)}>
          {t(`failure.short.${topic.failure.code}`)}
        </span>
      )}
      {topic.offline > 0 && (
        <span className={styles["fault"]}>
          {t("topics.offline", {
            count: forPlural(topic.offline),
            shown: format.count(topic.offline),
          })}
        </span>
      )}
      {topic.underReplicated > 0 && (
        <span className={styles["warn"]}>
          {t("topics.underReplicated", {
            count: forPlural(topic.underReplicated),
            shown: format.count(topic.underReplicated),
          })}
        </span>
      )}
    </>
  );
}

function Count({ value }: { value: number | null }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  return value === null ? (
    <span className={styles["muted"]}>{t("common.unknown")}</span>
  ) : (
    format.count(value)
  );
}

function Size({ size }: { size: SizeState }): ReactNode {
  const text = useText();
  const { t } = text;
  const format = useFormat();
  if (size === "loading")
    return <i className={styles["wait"]} role="img" aria-label={t("common.loading")} />;
  if (size.offsets === null)
    return (
      <span
        className={styles["muted"]}
        title={size.failure === null ? undefined : failureText(text, size.failure)}
      >
        {t("common.unknown")}
      </span>
    );
  const exact = { count: forPlural(size.offsets), exact: format.count(size.offsets) };
  return (
    <span title={`${t("topics.offsets.exact", exact)}\n${t("topics.offsets.help")}`}>
      {t("common.approximately", { value: format.approximate(size.offsets) })}
    </span>
  );
}
