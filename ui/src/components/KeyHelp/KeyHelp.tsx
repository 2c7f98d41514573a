import { Fragment, type ReactNode } from "react";

import { useText, type MessageKey } from "@/i18n";

import { Dialog } from "../Dialog/Dialog";
import styles from "./KeyHelp.module.css";

type Line = readonly [keys: readonly string[], meaning: MessageKey];

const general: readonly Line[] = [
  [["Ctrl K"], "keys.goTo"],
  [["/"], "keys.filter"],
  [["?"], "keys.help"],
  [["Esc"], "keys.back"],
];

const list: readonly Line[] = [
  [["j", "k", "↓", "↑"], "keys.move"],
  [["Page ↓", "Page ↑"], "keys.page"],
  [["Home", "End"], "keys.ends"],
  [["Enter"], "keys.inspect"],
  [["Space"], "keys.select"],
  [["Shift"], "keys.range"],
  [["Ctrl A"], "keys.all"],
  [["c"], "keys.copy"],
  [["e"], "keys.save"],
  [["r"], "keys.replay"],
];

export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const { t } = useText();
  return (
    <Dialog open={open} onClose={onClose} title={t("keys.title")}>
      <Group title={t("keys.general")} lines={general} />
      <Group title={t("keys.list")} lines={list} />
    </Dialog>
  );
}

function Group({ title, lines }: { title: string; lines: readonly Line[] }): ReactNode {
  const { t } = useText();
  return (
    <section>
      <h3 className={styles["title"]}>{title}</h3>
      <dl className={styles["lines"]}>
        {lines.map(([keys, meaning]) => (
          <Fragment key={meaning}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(meaning)}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}
