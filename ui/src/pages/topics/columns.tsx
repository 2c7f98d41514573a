import type { Column } from "@/components/DataTable/DataTable";
import { everyTime, type Format } from "@/format";
import type { Text } from "@/i18n";
import type { RecordRow } from "@/platform/bindings";

import { PreviewCell } from "./PreviewCell";
import styles from "./topic.module.css";

/** A column is added here, and nowhere else. */
export function recordColumns(
  { t }: Text,
  format: Format,
  compacted: boolean,
): readonly Column<RecordRow>[] {
  return [
    {
      id: "timestamp",
      header: t("record.timestamp"),
      width: 174,
      cell: ({ timestamp, timestampType }) =>
        timestamp === null ? (
          <span className={styles["muted"]}>{t("record.noTimestamp")}</span>
        ) : (
          <span title={`${everyTime(timestamp)}\n${timestampType}`}>{format.time(timestamp)}</span>
        ),
    },
    {
      id: "partition",
      header: t("record.partition"),
      width: 34,
      align: "end",
      cell: ({ partition }) => <span className={styles["muted"]}>{partition}</span>,
    },
    {
      id: "offset",
      header: t("record.offset"),
      width: 84,
      align: "end",
      cell: ({ offset }) => <span title={offset}>{format.count(offset)}</span>,
    },
    {
      id: "key",
      header: t("record.key"),
      width: 100,
      cell: ({ key }) => <PreviewCell preview={key} />,
    },
    {
      id: "value",
      header: t("record.value"),
      width: 80,
      grow: true,
      cell: ({ key, value }) => (
        <PreviewCell preview={value} tombstone={compacted && key.kind !== "null"} />
      ),
    },
    {
      id: "size",
      header: t("record.size"),
      width: 64,
      align: "end",
      cell: ({ size }) => (
        <span className={styles["muted"]} title={format.exactBytes(size)}>
          {format.bytes(size)}
        </span>
      ),
    },
  ];
}
