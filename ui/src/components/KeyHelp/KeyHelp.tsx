import { Fragment, type ReactNode } from "react";

import { useText, type MessageKey } from "@/i18n";

import { Button } from "../Button/Button";
import { Dialog } from "../Dialog/Dialog";
import styles from "./KeyHelp.module.css";

/** What stands on a key: the same everywhere, or a name that each language has. */
type Key = string | { readonly name: MessageKey };
type Line = readonly [keys: readonly Key[], meaning: MessageKey];

const general: readonly Line[] = [
  [["Ctrl K"], "keys.goTo"],
  [["/"], "keys.filter"],
  [["?"], "keys.help"],
  [[{ name: "key.escape" }], "keys.back"],
];

const list: readonly Line[] = [
  [["j", "k", "↓", "↑"], "keys.move"],
  [[{ name: "key.pageUp" }, { name: "key.pageDown" }], "keys.page"],
  [[{ name: "key.home" }, { name: "key.end" }], "keys.ends"],
  [[{ name: "key.enter" }], "keys.inspect"],
  [[{ name: "key.space" }], "keys.select"],
  [[{ name: "key.shift" }, "↑", "↓"], "keys.range"],
  [["Ctrl A"], "keys.all"],
  [["c"], "keys.copy"],
  [["e"], "keys.save"],
  [["r"], "keys.replay"],
];

export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const { t } = useText();
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("keys.title")}
      actions={<Button onClick={onClose}>{t("common.close")}</Button>}
    >
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
              {keys
                .map((key) => (typeof key === "string" ? key : t(key.name)))
                .map((key) => (
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
