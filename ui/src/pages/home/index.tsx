import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState, type ReactNode } from "react";

import { DataTable, type Column } from "@/components/DataTable/DataTable";
import { EmptyState } from "@/components/EmptyState/EmptyState";
import { FailureState } from "@/components/FailureState/FailureState";
import { PageHead } from "@/components/PageHead/PageHead";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { StateDot } from "@/components/StateDot/StateDot";
import { printable } from "@/format";
import { useText } from "@/i18n";
import type { ConnectionSummary } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";
import { connectionsQuery } from "@/platform/queries";
import { toneOf } from "@/shell/Navigation";
import shell from "@/shell/Shell.module.css";

import styles from "./home.module.css";

/** Where the console starts: the connections, or how to make the first. */
export function HomePage(): ReactNode {
  const { t } = useText();
  const { data, error, refetch } = useQuery(connectionsQuery(useCommands()));
  const add = (
    <Link to="/connections/new" className={shell["buttonLink"]} data-kind="primary">
      {t("shell.addConnection")}
    </Link>
  );
  if (error !== null) return <FailureState failure={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton />;
  if (data.length === 0)
    return (
      <EmptyState title={t("home.empty.title")} actions={add}>
        {t("home.empty.text")}
      </EmptyState>
    );
  return (
    <>
      <PageHead title={t("home.title")} actions={add} />
      <Connections connections={data} />
    </>
  );
}

function Connections({ connections }: { connections: readonly ConnectionSummary[] }): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const [active, setActive] = useState<number | null>(null);
  const columns = useMemo<readonly Column<ConnectionSummary>[]>(
    () => [
      {
        id: "name",
        header: t("home.name"),
        width: 220,
        cell: ({ name, broker }) => (
          <>
            <span className={styles[broker]}>{broker === "kafka" ? "K" : "R"}</span>{" "}
            {printable(name)}
          </>
        ),
      },
      {
        id: "broker",
        header: t("home.broker"),
        width: 110,
        cell: ({ broker }) => t(`common.broker.${broker}`),
      },
      {
        id: "environment",
        header: t("home.environment"),
        width: 120,
        cell: ({ environment }) => (
          <span className={styles[environment]}>{t(`common.environment.${environment}`)}</span>
        ),
      },
      {
        id: "access",
        header: t("home.access"),
        width: 120,
        cell: ({ access }) =>
          access.unlocked === null ? t(`access.${access.level}`) : t("access.unlocked"),
      },
      {
        id: "state",
        header: t("home.state"),
        width: 240,
        grow: true,
        cell: ({ state }) => (
          <span className={styles["state"]}>
            <StateDot tone={toneOf(state)} />
            {state.state === "failed"
              ? t(`failure.${state.failure.code}`)
              : t(`shell.state.${state.state}`)}
          </span>
        ),
      },
    ],
    [t],
  );
  return (
    <div className={styles["table"]}>
      <DataTable
        id="connections"
        label={t("home.title")}
        columns={columns}
        count={connections.length}
        rowAt={(index) => connections[index]}
        active={active}
        onActive={setActive}
        onInspect={(index) => {
          const one = connections[index];
          if (one === undefined) return;
          const to = one.broker === "kafka" ? "/c/$id/topics" : "/c/$id/queues";
          void navigate({ to, params: { id: one.id } });
        }}
      />
    </div>
  );
}
