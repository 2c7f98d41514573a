import { useMemo, useState, type ReactNode } from "react";

import { DataTable, type Column } from "@/components/DataTable/DataTable";
import { FailureLine } from "@/components/FailureState/FailureState";
import { failureText } from "@/components/FailureState/words";
import { printable, useFormat, type Format } from "@/format";
import { useText, type Text } from "@/i18n";
import type { CopyState, ReplayOrigin, ReplayReport, ReplayResult } from "@/platform/bindings";

import styles from "./replay.module.css";

const TONES: Readonly<Record<CopyState, string | undefined>> = {
  confirmed: styles["passed"],
  routed_later: styles["passed"],
  unroutable: styles["failed"],
  failed: styles["failed"],
  left_out: styles["warning"],
  not_sent: styles["muted"],
  unsure: styles["warning"],
};

export function originText({ t }: Text, format: Format, origin: ReplayOrigin): string {
  return origin.kind === "record"
    ? t("replay.result.record", {
        partition: origin.partition,
        offset: format.count(origin.offset),
      })
    : t("replay.result.held", { queue: printable(origin.queue), message: origin.message });
}

function resultText(text: Text, result: ReplayResult): string {
  const { t } = text;
  const state = t(`replay.state.${result.state}`);
  const parts = [
    result.removed
      ? t("replay.result.removed", { state })
      : result.removalUnsure
        ? t("replay.result.removalUnsure", { state })
        : state,
    result.refusal === null ? null : t(`replay.refusal.${result.refusal}`),
    result.failure === null ? null : failureText(text, result.failure),
  ];
  return parts.filter((part) => part !== null).join(": ");
}

/** What became of each message. */
export function ReportView({ report }: { report: ReplayReport }): ReactNode {
  const text = useText();
  const { t } = text;
  const format = useFormat();
  const [active, setActive] = useState<number | null>(null);
  const counts = (
    [
      "confirmed",
      "unroutable",
      "failed",
      "unsure",
      "leftOut",
      "notSent",
      "removed",
      "notRemoved",
      "removalUnsure",
    ] as const
  ).filter((what) => report[what] > 0 || what === "confirmed");
  const well = report.end === "finished" && report.confirmed === report.selected;
  const columns = useMemo<readonly Column<ReplayResult>[]>(
    () => [
      {
        id: "source",
        header: t("replay.result.source"),
        width: 160,
        cell: ({ source }) => {
          const shown = originText(text, format, source);
          return <span title={shown}>{shown}</span>;
        },
      },
      {
        id: "state",
        header: t("replay.result.state"),
        width: 70,
        grow: true,
        cell: (result) => {
          const shown = resultText(text, result);
          return (
            <span className={TONES[result.state]} title={shown}>
              {shown}
            </span>
          );
        },
      },
      {
        id: "place",
        header: t("replay.result.place"),
        width: 84,
        align: "end",
        cell: ({ partition, offset }) =>
          partition === null || offset === null
            ? null
            : t("replay.result.kafka", { partition, offset: format.count(offset) }),
      },
    ],
    [text, t, format],
  );
  return (
    <div className={styles["report"]}>
      <p role="status">
        <b className={well ? styles["passed"] : styles["warning"]}>
          {t(`replay.end.${report.end}`)}
        </b>{" "}
        {counts
          .map((what) => t(`replay.count.${what}`, { shown: format.count(report[what]) }))
          .join(" · ")}
      </p>
      {report.failure !== null && <FailureLine failure={report.failure} />}
      <div className={styles["results"]}>
        <DataTable
          id="replay-results"
          label={t("replay.results")}
          columns={columns}
          count={report.results.length}
          rowAt={(index) => report.results[index]}
          active={active}
          onActive={setActive}
        />
      </div>
    </div>
  );
}
