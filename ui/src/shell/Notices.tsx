import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { FailureLine } from "@/components/FailureState/FailureState";
import { useText } from "@/i18n";
import { useCommands } from "@/platform/platform";
import { noticesQuery } from "@/platform/queries";

import styles from "./Shell.module.css";

/** What the console found when it started, such as a file it could not read. */
export function Notices(): ReactNode {
  const { t } = useText();
  const { data = [] } = useQuery(noticesQuery(useCommands()));
  const [dismissed, setDismissed] = useState<readonly string[]>([]);
  const shown = data.filter((notice) => !dismissed.includes(notice.id));
  if (shown.length === 0) return null;
  return (
    <section className={styles["notices"]} aria-label={t("notices.label")}>
      {shown.map((notice) => (
        <div key={notice.id} className={styles["notice"]}>
          <FailureLine failure={notice.failure} />
          <Button kind="link" onClick={() => setDismissed([...dismissed, notice.id])}>
            {t("notices.dismiss")}
          </Button>
        </div>
      ))}
    </section>
  );
}
