//! Everything below `/c/$id`: opens the connection, and says why it does not open. Once it was open
//! a page stays, with a line above it when the broker goes away: what was read can still be read.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { useEffect, useState, type ReactNode } from "react";

import { EmptyState } from "@/components/EmptyState/EmptyState";
import { FailureLine, FailureState } from "@/components/FailureState/FailureState";
import { PageHead } from "@/components/PageHead/PageHead";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { useText } from "@/i18n";
import type { ConnectionSummary } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";
import { connectionsQuery } from "@/platform/queries";

import { ConnectionChips } from "./ConnectionChips";
import styles from "./Shell.module.css";

export function ConnectionGate({ id }: { id: string }): ReactNode {
  const { t } = useText();
  const list = useQuery(connectionsQuery(useCommands()));
  const connection = list.data?.find((one) => one.id === id);
  if (list.error !== null)
    return <FailureState failure={list.error} onRetry={() => void list.refetch()} />;
  if (list.data === undefined) return <Skeleton />;
  if (connection === undefined)
    return (
      <EmptyState title={t("gate.noConnection")} actions={<Link to="/">{t("notFound.home")}</Link>}>
        {t("notFound.text")}
      </EmptyState>
    );
  return <Gate key={id} connection={connection} />;
}

function Gate({ connection }: { connection: ConnectionSummary }): ReactNode {
  const { t } = useText();
  const commands = useCommands();
  const client = useQueryClient();
  const { id, state } = connection;
  const [wasOpen, setWasOpen] = useState(state.state === "open");
  if (state.state === "open" && !wasOpen) setWasOpen(true);

  const { mutate, error, isIdle } = useMutation({
    mutationFn: (again: boolean) => commands.openConnection(id, again),
    onSettled: () => client.invalidateQueries({ queryKey: ["connections"] }),
  });
  const closed = state.state === "closed";
  useEffect(() => {
    if (closed && isIdle) mutate(false);
  }, [closed, isIdle, mutate]);

  const failure = state.state === "failed" ? state.failure : closed ? error : null;
  const retry = (): void => mutate(true);
  if (wasOpen)
    return (
      <>
        {failure !== null && (
          <div className={styles["lost"]}>
            <FailureLine failure={failure} onRetry={retry} />
          </div>
        )}
        <Outlet />
      </>
    );
  if (failure === null) return <Skeleton />;
  return (
    <>
      <PageHead
        crumbs={[
          <Link key="home" to="/">
            {t("shell.connections")}
          </Link>,
        ]}
        title={connection.name}
        chips={<ConnectionChips {...connection} />}
      />
      <FailureState
        failure={failure}
        onRetry={retry}
        actions={
          <Link to="/connections/$id/edit" params={{ id }} className={styles["buttonLink"]}>
            {t("gate.edit")}
          </Link>
        }
      />
    </>
  );
}
