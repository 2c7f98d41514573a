import { useMemo, useState, type ReactNode } from "react";

import { DataTable, type Column } from "@/components/DataTable/DataTable";
import { FailureLine } from "@/components/FailureState/FailureState";
import { failureText } from "@/components/FailureState/words";
import { printable, useFormat, type Format } from "@/format";
import { useText, type Text } from "@/i18n";
import type { CopyState, ReplayOrigin, ReplayReport, ReplayResult } from "@/platform/bindings";

import { countTexts, endText, isWhole } from "./account";
import styles from "./replay.module.css";
import type { Kind } from "./words";

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
    ? t("replay.result.kafka", {
        partition: origin.partition,
        offset: format.count(origin.offset),
      })
    : t("replay.result.held", { queue: printable(origin.queue), message: origin.message });
}

function resultText(text: Text, result: ReplayResult): string {
  const { t } = text;
  const state = t(`replay.state.${result.state}`);
  const said = result.removed
    ? t("replay.result.removed", { state })
    : result.removalUnsure
      ? t("replay.result.removalUnsure", { state })
      : state;
  const reasons = [
    result.refusal === null ? null : t(`replay.refusal.${result.refusal}`),
    result.failure === null ? null : failureText(text, result.failure),
  ];
  return reasons
    .filter((why) => why !== null)
    .reduce((shown, why) => t("replay.result.why", { state: shown, why }), said);
}

export interface ReportViewProps {
  report: ReplayReport;
  /** What the source holds. */
  kind: Kind;
}

/** What became of each. */
export function ReportView({ report, kind }: ReportViewProps): ReactNode {
  const text = useText();
  const { t } = text;
  const format = useFormat();
  const [active, setActive] = useState<number | null>(null);
  const well = isWhole(report);
  // Only a topic tells where a copy is.
  const placed = report.results.some(({ offset }) => offset !== null);
  const columns = useMemo<readonly Column<ReplayResult>[]>(
    () => [
      {
        id: "source",
        header: t(`replay.result.source.${kind}`),
        width: placed ? 96 : 140,
        cell: ({ source }) => {
          const shown = originText(text, format, source);
          return <span title={shown}>{shown}</span>;
        },
      },
      {
        id: "state",
        header: t("replay.result.state"),
        width: 76,
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
      ...(placed
        ? [
            {
              id: "place",
              header: t("replay.result.place"),
              width: 96,
              align: "end" as const,
              cell: ({ partition, offset }: ReplayResult) => {
                if (partition === null || offset === null) return null;
                const shown = t("replay.result.kafka", { partition, offset: format.count(offset) });
                return <span title={shown}>{shown}</span>;
              },
            },
          ]
        : []),
    ],
    [text, t, format, kind, placed],
  );
  return (
    <div className={styles["report"]}>
      <p role="status">
        <b className={well ? styles["passed"] : styles["warning"]}>
          {endText(text, format, report)}
        </b>
        {countTexts(text, format, report)
          .map((count) => ` · ${count}`)
          .join("")}
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
