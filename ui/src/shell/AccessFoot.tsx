import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { classes } from "@/components/classes";
import { useToast } from "@/components/Toast/Toast";
import { failureText } from "@/components/FailureState/words";
import { formatCountdown, printable } from "@/format";
import { useText } from "@/i18n";
import type { ConnectionSummary } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";
import { connectionsQuery } from "@/platform/queries";

import styles from "./Navigation.module.css";
import { useShell } from "./shellContext";
import { useRemaining } from "./useRemaining";

export interface AccessFootProps {
  connections: readonly ConnectionSummary[];
  /** The connection of the page. */
  inView: string | undefined;
}

/**
 * What may be changed now: every unlocked connection, wherever one is, and last what the connection
 * in view allows. What is unlocked elsewhere is named.
 */
export function AccessFoot({ connections, inView }: AccessFootProps): ReactNode {
  const { t } = useText();
  const here = connections.find(({ id }) => id === inView);
  const elsewhere = connections.filter(
    ({ id, access }) => id !== inView && access.unlocked !== null,
  );
  const tellsHere =
    here !== undefined && (here.access.unlocked !== null || here.access.level === "read_only");
  if (elsewhere.length === 0 && !tellsHere) return null;
  return (
    <section className={styles["feet"]} aria-label={t("shell.access")}>
      {elsewhere.map((connection) => (
        <Unlocked key={connection.id} connection={connection} named />
      ))}
      {tellsHere &&
        (here.access.unlocked === null ? (
          <ReadOnly connection={here} />
        ) : (
          <Unlocked key={here.id} connection={here} named={false} />
        ))}
    </section>
  );
}

function Unlocked(props: { connection: ConnectionSummary; named: boolean }): ReactNode {
  const { connection, named } = props;
  const text = useText();
  const { t, rich } = text;
  const commands = useCommands();
  const client = useQueryClient();
  const toast = useToast();
  const { dataUpdatedAt } = useQuery(connectionsQuery(commands));
  const { unlocked } = connection.access;
  const remaining = useRemaining(unlocked?.remainingSeconds ?? null, dataUpdatedAt);
  const lock = useMutation({
    mutationFn: () => commands.lock(connection.id),
    onSettled: () => client.invalidateQueries({ queryKey: ["connections"] }),
    onError: (failure) => toast(failureText(text, failure), "bad"),
  });
  if (unlocked === null || remaining === null) return null;
  const name = printable(connection.name);
  const time = formatCountdown(remaining);
  return (
    <div
      className={styles["foot"]}
      title={t("shell.unlockedFor.why", { name, reason: printable(unlocked.reason) })}
    >
      <i className={classes(styles["lock"], styles["unlocked"])} aria-hidden />
      <span role="timer" className={styles["footText"]}>
        {named
          ? rich("shell.unlockedFor.named", {
              name: <span className={styles["footName"]}>{name}</span>,
              time: <b>{time}</b>,
            })
          : rich("shell.unlockedFor", { time, b: (parts) => <b>{parts}</b> })}
      </span>
      <Button
        kind="link"
        {...(named ? { label: t("palette.lock", { name }) } : {})}
        onClick={() => lock.mutate()}
      >
        {t("shell.lock")}
      </Button>
      <span className={styles["footWhy"]}>
        {t("shell.unlockedFor.reason", { reason: printable(unlocked.reason) })}
      </span>
    </div>
  );
}

function ReadOnly({ connection }: { connection: ConnectionSummary }): ReactNode {
  const { t } = useText();
  const shell = useShell();
  const words =
    connection.environment === "production"
      ? t("shell.productionReadOnly")
      : t("shell.readOnly", { name: printable(connection.name) });
  return (
    <div className={styles["foot"]}>
      <i className={styles["lock"]} aria-hidden />
      <span className={styles["footText"]} title={words}>
        {words}
      </span>
      <Button kind="link" onClick={() => shell.unlock(connection.id)}>
        {t("shell.unlock")}
      </Button>
    </div>
  );
}
