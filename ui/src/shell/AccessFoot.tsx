import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { classes } from "@/components/classes";
import { useToast } from "@/components/Toast/Toast";
import { failureText } from "@/components/FailureState/words";
import { formatCountdown } from "@/format";
import { useText } from "@/i18n";
import type { ConnectionSummary } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";
import { connectionsQuery } from "@/platform/queries";

import styles from "./Navigation.module.css";
import { useShell } from "./shellContext";
import { useRemaining } from "./useRemaining";

/** What the connection in view allows now, and the way to change it. */
export function AccessFoot({ connection }: { connection: ConnectionSummary }): ReactNode {
  const text = useText();
  const { t, rich } = text;
  const shell = useShell();
  const commands = useCommands();
  const client = useQueryClient();
  const toast = useToast();
  const { dataUpdatedAt } = useQuery(connectionsQuery(commands));
  const { unlocked, level } = connection.access;
  const remaining = useRemaining(unlocked?.remainingSeconds ?? null, dataUpdatedAt);
  const lock = useMutation({
    mutationFn: () => commands.lock(connection.id),
    onSettled: () => client.invalidateQueries({ queryKey: ["connections"] }),
    onError: (failure) => toast(failureText(text, failure), "bad"),
  });
  if (unlocked !== null && remaining !== null)
    return (
      <div className={styles["foot"]} title={unlocked.reason}>
        <i className={classes(styles["lock"], styles["unlocked"])} aria-hidden />
        <span role="timer">
          {rich("shell.unlockedFor", {
            time: formatCountdown(remaining),
            b: (parts) => <b>{parts}</b>,
          })}
        </span>
        <Button kind="link" onClick={() => lock.mutate()}>
          {t("shell.lock")}
        </Button>
      </div>
    );
  if (level !== "read_only") return null;
  return (
    <div className={styles["foot"]}>
      <i className={styles["lock"]} aria-hidden />
      <span className={styles["footText"]}>
        {connection.environment === "production"
          ? t("shell.productionReadOnly")
          : t("shell.readOnly", { name: connection.name })}
      </span>
      <Button kind="link" onClick={() => shell.unlock(connection.id)}>
        {t("shell.unlock")}
      </Button>
    </div>
  );
}
