import { useMemo } from "react";

import { Badge } from "@/components/Badge/Badge";
import type { Column } from "@/components/DataTable/DataTable";
import { everyTime, printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { ActivityEntry } from "@/platform/bindings";

import styles from "./ActivityPage.module.css";
import { actionText, actionTitle, sinceText, useSince } from "./words";

/** Where there is room, more of each text is shown. */
const isWide = (): boolean => window.innerWidth >= 1600;

/** `brief` leaves out what the panel beside the table shows in full. */
export function useActivityColumns(brief: boolean): readonly Column<ActivityEntry>[] {
  const text = useText();
  const { t } = text;
  const since = useSince();
  const format = useFormat();
  return useMemo<readonly Column<ActivityEntry>[]>(() => {
    const words = (
      id: "operator" | "object" | "source" | "reason" | "detail",
      width: number,
      grow = false,
    ): Column<ActivityEntry> => ({
      id,
      header: t(`activity.column.${id}`),
      width,
      grow,
      cell: (entry) => {
        const value = entry[id];
        if (value === null || value === "") return null;
        const shown = printable(value);
        return <span title={shown}>{shown}</span>;
      },
    });
    const columns: readonly Column<ActivityEntry>[] = [
      {
        id: "time",
        header: t("activity.column.time"),
        width: 166,
        cell: ({ at }) => <span title={everyTime(at)}>{format.time(at)}</span>,
      },
      ...(brief && !isWide() ? [] : [words("operator", isWide() ? 90 : 58)]),
      {
        id: "connection",
        header: t("activity.column.connection"),
        width: isWide() ? 180 : 146,
        cell: ({ connection, connectionName, environment }) => (
          <span
            className={styles["connection"]}
            data-environment={environment}
            title={[
              printable(connectionName),
              t(`common.environment.${environment}`),
              sinceText(text, since(connection, connectionName)),
            ]
              .filter((part) => part !== null)
              .join(" · ")}
          >
            <span>{printable(connectionName)}</span>
            {environment === "production" && <b>{t("common.environment.production.short")}</b>}
          </span>
        ),
      },
      {
        id: "action",
        header: t("activity.column.action"),
        width: 72,
        cell: (entry) => {
          const shown = actionText(text, entry);
          return <span title={actionTitle(text, entry)}>{shown}</span>;
        },
      },
      words("object", isWide() ? 240 : brief ? 88 : 104, brief),
      {
        id: "count",
        header: t("activity.column.count"),
        width: 44,
        align: "end",
        cell: ({ count }) => (count === null ? null : format.count(count)),
      },
      {
        id: "outcome",
        header: t("activity.column.outcome"),
        width: 60,
        cell: ({ outcome }) => (
          <span className={styles["outcome"]} data-outcome={outcome}>
            <Badge
              kind="state"
              {...(outcome === "unknown" ? { title: t("activity.outcome.unknown.hint") } : {})}
            >
              {t(`activity.outcome.${outcome}`)}
            </Badge>
          </span>
        ),
      },
    ];
    if (brief) return columns;
    return [
      ...columns,
      words("reason", isWide() ? 180 : 90),
      words("source", isWide() ? 240 : 72),
      words("detail", 80, true),
    ];
  }, [text, t, since, format, brief]);
}
