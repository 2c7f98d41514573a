import { useMemo } from "react";

import { Badge } from "@/components/Badge/Badge";
import type { Column } from "@/components/DataTable/DataTable";
import { everyTime, printable, useFormat } from "@/format";
import { useText, type Text } from "@/i18n";
import type { ActivityEntry } from "@/platform/bindings";

import styles from "./ActivityPage.module.css";
import {
  actionText,
  actionTitle,
  countText,
  detailText,
  objectText,
  sinceText,
  sourceText,
  useSince,
} from "./words";

/** Where there is room, more of each text is shown. */
const isWide = (): boolean => window.innerWidth >= 1600;

/** Characters of the data font are so wide. Pixels. */
const CHARACTER = 8;

/** What every verb but the rarest needs. */
function verbWidth({ t }: Text): number {
  const verbs = ["hold", "acknowledge", "replay", "unlock", "lock", "edit", "remove"] as const;
  return CHARACTER * Math.max(8, ...verbs.map((verb) => t(`activity.verb.${verb}`).length));
}

/**
 * The object has what the others leave. `brief` leaves out what the panel beside the table shows in
 * full; in a small window the panel alone shows where it came from and the details.
 */
export function useActivityColumns(brief: boolean): readonly Column<ActivityEntry>[] {
  const text = useText();
  const { t } = text;
  const since = useSince();
  const format = useFormat();
  return useMemo<readonly Column<ActivityEntry>[]>(() => {
    const wide = isWide();
    const words = (
      id: "operator" | "object" | "source" | "reason" | "detail",
      width: number,
      shownOf: (entry: ActivityEntry) => string,
      grow = false,
    ): Column<ActivityEntry> => ({
      id,
      header: t(`activity.column.${id}`),
      width,
      grow,
      cell: (entry) => {
        const shown = shownOf(entry);
        return shown === "" ? null : <span title={shown}>{shown}</span>;
      },
    });
    const time: Column<ActivityEntry> = {
      id: "time",
      header: t("activity.column.time"),
      width: 166,
      cell: ({ at }) => <span title={everyTime(at)}>{format.time(at)}</span>,
    };
    const operator = words("operator", wide ? 90 : 58, (entry) => printable(entry.operator));
    const connection: Column<ActivityEntry> = {
      id: "connection",
      header: t("activity.column.connection"),
      width: wide ? 180 : 140,
      cell: ({ connection: id, connectionName, environment }) => (
        <span
          className={styles["connection"]}
          data-environment={environment}
          title={[
            printable(connectionName),
            t(`common.environment.${environment}`),
            sinceText(text, since(id, connectionName)),
          ]
            .filter((part) => part !== null)
            .join(" · ")}
        >
          <span>{printable(connectionName)}</span>
          {environment === "production" && <b>{t("common.environment.production.short")}</b>}
        </span>
      ),
    };
    const action: Column<ActivityEntry> = {
      id: "action",
      header: t("activity.column.action"),
      width: verbWidth(text),
      cell: (entry) => <span title={actionTitle(text, entry)}>{actionText(text, entry)}</span>,
    };
    const object = words("object", wide ? 240 : 88, (entry) => objectText(text, entry), true);
    const count: Column<ActivityEntry> = {
      id: "count",
      header: t("activity.column.count"),
      width: 50,
      align: "end",
      cell: (entry) =>
        entry.count === null ? null : (
          <span title={countText(text, format, entry, entry.count)}>
            {format.count(entry.count)}
          </span>
        ),
    };
    const outcome: Column<ActivityEntry> = {
      id: "outcome",
      header: t("activity.column.outcome"),
      width: 66,
      cell: (entry) => (
        <span className={styles["outcome"]} data-outcome={entry.outcome}>
          <Badge
            kind="state"
            {...(entry.outcome === "unknown" ? { title: t("activity.outcome.unknown.hint") } : {})}
          >
            {t(`activity.outcome.${entry.outcome}`)}
          </Badge>
        </span>
      ),
    };
    const reason = words("reason", wide ? 160 : 90, (entry) => printable(entry.reason));
    const source = words("source", 200, (entry) => sourceText(text, entry));
    const detail = words("detail", 220, (entry) => detailText(text, format, entry));
    if (brief)
      return wide
        ? [time, operator, connection, action, object, count, outcome, reason]
        : [time, connection, action, object, outcome];
    const all = [time, operator, connection, action, object, count, outcome, reason];
    return wide ? [...all, source, detail] : all;
  }, [text, t, since, format, brief]);
}
