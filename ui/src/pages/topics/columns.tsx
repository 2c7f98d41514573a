import type { Column } from "@/components/DataTable/DataTable";
import { withDetail } from "@/components/FailureState/words";
import { everyTime, printable, type Format } from "@/format";
import type { Text } from "@/i18n";
import type { RecordRow, RowOrder, RowOrderBy } from "@/platform/bindings";

import { PreviewCell } from "./PreviewCell";
import styles from "./topic.module.css";

/** Where there is room, more of each key is shown. */
const isWide = (): boolean => window.innerWidth >= 1600;

export interface Sort {
  readonly order: RowOrder;
  readonly onOrder: (order: RowOrder) => void;
}

export interface RecordColumns {
  compacted: boolean;
  /** Whether rows say their topic. */
  topics: boolean;
  /** Whether they say why it could not be told whether they are hits. */
  why: boolean;
  /** Present where rows can be ordered. */
  sort: Sort | undefined;
}

/** Another order begins with what is looked for first: the latest, the largest, the first place. */
export function nextOrder(order: RowOrder, by: RowOrderBy): RowOrder {
  return { by, descending: order.by === by ? !order.descending : by !== "place" };
}

/** A column is added here, and nowhere else. */
export function recordColumns(
  text: Text,
  format: Format,
  { compacted, topics, why, sort }: RecordColumns,
): readonly Column<RecordRow>[] {
  const { t } = text;
  const sortedBy = (by: RowOrderBy): Pick<Column<RecordRow>, "sort"> => {
    if (sort === undefined) return {};
    const { order } = sort;
    const direction = order.descending ? "descending" : "ascending";
    return {
      sort: {
        direction: order.by === by ? direction : null,
        onSort: () => sort.onOrder(nextOrder(order, by)),
      },
    };
  };
  const topic: Column<RecordRow> = {
    id: "topic",
    header: t("record.topic"),
    width: 140,
    cell: ({ topic }) => (topic === null ? "" : <span title={topic}>{printable(topic)}</span>),
  };
  const reason: Column<RecordRow> = {
    id: "why",
    header: t("record.why"),
    width: 180,
    cell: (row) =>
      row.why !== null && (
        <span lang="en" title={withDetail(text, t("record.undecided"), row.why)}>
          {printable(row.why)}
        </span>
      ),
  };
  return [
    {
      id: "timestamp",
      header: t("record.timestamp"),
      width: 168,
      ...sortedBy("time"),
      cell: ({ timestamp, timestampType }) =>
        timestamp === null ? (
          <span className={styles["muted"]}>{t("record.noTimestamp")}</span>
        ) : (
          <span title={`${everyTime(timestamp)}\n${timestampType}`}>{format.time(timestamp)}</span>
        ),
    },
    ...(topics ? [topic] : []),
    {
      id: "partition",
      header: t("record.partition"),
      width: 26,
      align: "end",
      ...sortedBy("place"),
      cell: ({ partition }) => <span className={styles["muted"]}>{partition}</span>,
    },
    {
      id: "offset",
      header: t("record.offset"),
      width: 76,
      align: "end",
      ...sortedBy("place"),
      cell: ({ offset }) => <span title={offset}>{format.count(offset)}</span>,
    },
    // Before what is cut where there is little room: it is what this list is for.
    ...(why ? [reason] : []),
    {
      id: "key",
      header: t("record.key"),
      width: isWide() ? 160 : 76,
      cell: ({ key }) => <PreviewCell preview={key} />,
    },
    {
      id: "value",
      header: t("record.value"),
      width: 120,
      grow: true,
      cell: ({ key, value }) => (
        <PreviewCell preview={value} tombstone={compacted && key.kind !== "null"} />
      ),
    },
    {
      id: "size",
      header: t("record.size"),
      width: 54,
      align: "end",
      ...sortedBy("size"),
      cell: ({ size }) => (
        <span className={styles["muted"]} title={format.exactBytes(size)}>
          {format.bytes(size)}
        </span>
      ),
    },
  ];
}
