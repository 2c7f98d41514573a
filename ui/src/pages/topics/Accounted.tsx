import type { ReactNode } from "react";

import { forPlural, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { Coverage } from "@/platform/bindings";

import styles from "./topic.module.css";

/** Offsets of the range that gave no record to look at, and records that lie outside of it. */
export function Accounted(props: {
  of: "read" | "search";
  coverage: Pick<Coverage, "withoutRecord" | "outsideTime" | "alreadyGone">;
}): ReactNode {
  const { of, coverage } = props;
  const { t } = useText();
  const format = useFormat();
  return (
    <>
      {coverage.withoutRecord !== "0" && (
        <span title={t("read.withoutRecord.help")}>
          {t("read.withoutRecord", {
            count: forPlural(coverage.withoutRecord),
            shown: format.count(coverage.withoutRecord),
          })}
        </span>
      )}
      {coverage.outsideTime !== "0" && (
        <span title={t(`${of}.outsideTime.help`)}>
          {t(`${of}.outsideTime`, {
            count: forPlural(coverage.outsideTime),
            shown: format.count(coverage.outsideTime),
          })}
        </span>
      )}
      {coverage.alreadyGone !== "0" && (
        <span className={styles["warn"]} title={t(`${of}.gone.help`)}>
          {t("read.gone", {
            count: forPlural(coverage.alreadyGone),
            shown: format.count(coverage.alreadyGone),
          })}
        </span>
      )}
    </>
  );
}
