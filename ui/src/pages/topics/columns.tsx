import type { Column } from "@/components/DataTable/DataTable";
import { everyTime, type Format } from "@/format";
import type { Text } from "@/i18n";
import type { RecordRow } from "@/platform/bindings";

import { PreviewCell } from "./PreviewCell";
import styles from "./topic.module.css";

/** Where there is room, more of each key is shown. */
const isWide = (): boolean => window.innerWidth >= 1600;

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
      width: 168,
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
      width: 26,
      align: "end",
      cell: ({ partition }) => <span className={styles["muted"]}>{partition}</span>,
    },
    {
      id: "offset",
      header: t("record.offset"),
      width: 76,
      align: "end",
      cell: ({ offset }) => <span title={offset}>{format.count(offset)}</span>,
    },
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
      cell: ({ size }) => (
        <span className={styles["muted"]} title={format.exactBytes(size)}>
          {format.bytes(size)}
        </span>
      ),
    },
  ];
}
