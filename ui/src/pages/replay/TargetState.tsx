//! What stands between the target and any change on it, with the way to settle it right here.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { FailureLine } from "@/components/FailureState/FailureState";
import { printable } from "@/format";
import { useText } from "@/i18n";
import { useCommands } from "@/platform/platform";
import { useConnection } from "@/platform/queries";
import { allowsChanges } from "@/shell/access";
import { useShell } from "@/shell/shellContext";

import styles from "./replay.module.css";

export function TargetState({ id }: { id: string }): ReactNode {
  const { t } = useText();
  const shell = useShell();
  const commands = useCommands();
  const client = useQueryClient();
  const connection = useConnection(id);
  const connect = useMutation({
    mutationFn: () => commands.openConnection(id, true),
    onSettled: () => client.invalidateQueries({ queryKey: ["connections"] }),
  });
  if (connection === undefined) return null;
  const name = printable(connection.name);
  const { state } = connection;
  if (state.state === "failed")
    return <FailureLine failure={state.failure} onRetry={() => connect.mutate()} />;
  if (state.state !== "open")
    return (
      <p className={styles["notice"]}>
        {t("replay.connect", { name })}
        <Button
          onClick={() => connect.mutate()}
          disabled={connect.isPending}
          reason={t("replay.connecting", { name })}
        >
          {t("replay.connect.do")}
        </Button>
      </p>
    );
  if (allowsChanges(connection)) return null;
  return (
    <p className={styles["notice"]}>
      {t("replay.readOnly", { name })}
      <Button onClick={() => shell.unlock(id)}>{t("replay.unlock")}</Button>
    </p>
  );
}
