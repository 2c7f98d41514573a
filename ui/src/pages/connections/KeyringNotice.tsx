import type { ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { useText } from "@/i18n";
import type { KeyringStatus } from "@/platform/bindings";

import styles from "./KeyringNotice.module.css";

export interface KeyringNoticeProps {
  status: KeyringStatus | undefined;
  /** The system's dialog to unlock it is on its way. */
  busy: boolean;
  onAgain: () => void;
  onUnlock: () => void;
}

/** Where secrets cannot be kept beyond this run: why, and what to do about it. */
export function KeyringNotice(props: KeyringNoticeProps): ReactNode {
  const { t } = useText();
  const { status } = props;
  if (status === undefined || status.state === "available") return null;
  return (
    <section className={styles["notice"]} role="status">
      <div>
        <b>{t(`connections.keyring.${status.state}`)}.</b>{" "}
        <span>{t(`connections.keyring.next.${status.state}`)} </span>
        <span>{t("connections.keyring.consequence")}</span>
      </div>
      {status.state === "missing" ? (
        <Button onClick={props.onAgain}>{t("connections.keyring.again")}</Button>
      ) : (
        <Button
          onClick={props.onUnlock}
          disabled={props.busy}
          reason={t("connections.keyring.unlocking")}
        >
          {t("connections.keyring.unlock")}
        </Button>
      )}
    </section>
  );
}
