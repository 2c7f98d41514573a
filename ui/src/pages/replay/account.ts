//! What became of a replay, in one sentence and in numbers.

import { forPlural, type Format } from "@/format";
import type { Text } from "@/i18n";
import type { ReplayReport } from "@/platform/bindings";

/** Nothing of it is missing, and every original that was to go is gone. */
export function isWhole(report: ReplayReport): boolean {
  const { end, confirmed, selected, notRemoved, removalUnsure } = report;
  return end === "finished" && confirmed === selected && notRemoved === 0 && removalUnsure === 0;
}

/** `Stopped: 3 of 5 confirmed` */
export function endText({ t }: Text, format: Format, report: ReplayReport): string {
  return t(`replay.end.${report.end}`, {
    confirmed: t("replay.confirmed.plain", {
      count: forPlural(report.confirmed),
      confirmed: format.count(report.confirmed),
      total: format.count(report.selected),
    }),
  });
}

const COUNTS = [
  "unroutable",
  "failed",
  "unsure",
  "leftOut",
  "notSent",
  "removed",
  "notRemoved",
  "removalUnsure",
] as const;

/** `2 unsure`, `1 copied but still in the queue`: whatever is not none. */
export function countTexts({ t }: Text, format: Format, report: ReplayReport): readonly string[] {
  return COUNTS.filter((what) => report[what] > 0).map((what) =>
    t(`replay.count.${what}`, {
      count: forPlural(report[what]),
      shown: format.count(report[what]),
    }),
  );
}

/** Both, in a line. */
export function accountText(text: Text, format: Format, report: ReplayReport): string {
  return [endText(text, format, report), ...countTexts(text, format, report)].join(" · ");
}
