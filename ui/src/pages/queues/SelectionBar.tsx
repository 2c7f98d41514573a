import type { ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { useFormat } from "@/format";
import { useText } from "@/i18n";

import { bold } from "./rich";
import styles from "./SelectionBar.module.css";

export interface SelectionBarProps {
  /** Messages that are selected, and how many of them are still held; null while it is found out. */
  count: number | null;
  held: number;
  /** What is ready and held; null where it is unknown. */
  whole: bigint | null;
  busy: boolean;
  onReplay: () => void;
  onReturn: () => void;
  onRemove: () => void;
}

/** What can be done with the selected messages, with how many of how many. */
export function SelectionBar(props: SelectionBarProps): ReactNode {
  const { t, rich } = useText();
  const format = useFormat();
  const { count, whole } = props;
  if (count === null) {
    return (
      <div className={styles["bar"]} role="toolbar" aria-label={t("queues.select.bar")}>
        <span>{t("queues.select.loading")}</span>
      </div>
    );
  }
  const n = format.count(count);
  const held = format.count(props.held);
  const blocked = props.busy ? { disabled: true, reason: t("common.loading") } : {};
  return (
    <div className={styles["bar"]} role="toolbar" aria-label={t("queues.select.bar")}>
      <span className={styles["count"]}>
        {rich("queues.select.selected", { n, count, b: bold })}
      </span>
      <Button kind="primary" onClick={props.onReplay}>
        {t("queues.select.replay", { n })}
      </Button>
      {props.held > 0 && (
        <>
          <Button onClick={props.onReturn} {...blocked}>
            {t("queues.select.return", { n: held })}
          </Button>
          <Button kind="danger" onClick={props.onRemove} {...blocked}>
            {whole === null
              ? t("queues.select.remove", { n: held })
              : t("queues.select.removeOf", { n: held, whole: format.count(whole) })}
          </Button>
        </>
      )}
    </div>
  );
}
