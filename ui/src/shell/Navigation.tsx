import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Pencil, Plus } from "lucide-react";
import type { ReactNode } from "react";

import { classes } from "@/components/classes";
import { StateDot } from "@/components/StateDot/StateDot";
import { ToastPlace } from "@/components/Toast/Toast";
import { failureText } from "@/components/FailureState/words";
import { printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { ConnectionState, ConnectionSummary } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";
import { connectionsQuery, topicsQuery, useQueueCount } from "@/platform/queries";

import { AccessFoot } from "./AccessFoot";
import { BrokerMark } from "./BrokerMark";
import styles from "./Navigation.module.css";
import { useShell } from "./shellContext";

export function Navigation(): ReactNode {
  const { t } = useText();
  const shell = useShell();
  const commands = useCommands();
  const { data: connections = [], isSuccess } = useQuery(connectionsQuery(commands));
  const { id } = useParams({ strict: false });
  return (
    <nav className={styles["side"]} aria-label={t("shell.navigation")}>
      <Link to="/" className={styles["brand"]}>
        <i className={styles["logo"]} aria-hidden />
        {t("shell.name")}
      </Link>
      <button
        type="button"
        className={styles["search"]}
        onClick={shell.openPalette}
        aria-label={t("shell.goTo")}
        aria-keyshortcuts="Control+K"
      >
        <span>{t("shell.goTo")}</span>
        <kbd aria-hidden>Ctrl K</kbd>
      </button>
      <Link to="/activity" className={styles["item"]}>
        {t("shell.activity")}
      </Link>
      <div className={styles["heading"]}>
        <h2 id="nav-connections">{t("shell.connections")}</h2>
        <Link
          to="/connections/new"
          className={styles["tool"]}
          aria-label={t("shell.addConnection")}
          title={t("shell.addConnection")}
        >
          <Plus size={14} aria-hidden />
        </Link>
      </div>
      <ul className={styles["list"]} aria-labelledby="nav-connections">
        {connections.map((connection) => (
          <Entry key={connection.id} connection={connection} />
        ))}
        {isSuccess && connections.length === 0 && (
          <li className={styles["none"]}>{t("shell.noConnections")}</li>
        )}
      </ul>
      <ToastPlace />
      <AccessFoot connections={connections} inView={id} />
    </nav>
  );
}

export function toneOf(state: ConnectionState): "ok" | "bad" | "busy" | "off" {
  const tones = { closed: "off", connecting: "busy", open: "ok", failed: "bad" } as const;
  return tones[state.state];
}

function Entry({ connection }: { connection: ConnectionSummary }): ReactNode {
  const text = useText();
  const { t } = text;
  const { id, name, broker, environment, state } = connection;
  const shown = printable(name);
  const production = environment === "production";
  const product = state.state === "open" ? state.product : null;
  return (
    <li>
      <div className={classes(styles["conn"], production && styles["prod"])}>
        <Link
          to={broker === "kafka" ? "/c/$id/topics" : "/c/$id/queues"}
          params={{ id }}
          className={styles["connLink"]}
          activeProps={{}}
          title={[shown, product].filter(Boolean).join(" · ")}
        >
          <StateDot tone={toneOf(state)} />
          <BrokerMark broker={broker} />
          <span className={styles["name"]}>{shown}</span>
          <span className="visually-hidden">
            {t(`common.broker.${broker}`)}, {t(`common.environment.${environment}`)},{" "}
            {t(`shell.state.${state.state}`)}
          </span>
          {state.state === "failed" && (
            <span className={styles["fault"]} title={failureText(text, state.failure)}>
              {t(`failure.short.${state.failure.code}`)}
            </span>
          )}
          {production && (
            <span className={styles["env"]} aria-hidden>
              {t("common.environment.production.short")}
            </span>
          )}
        </Link>
        <Link
          to="/connections/$id/edit"
          params={{ id }}
          className={classes(styles["tool"], styles["edit"])}
          aria-label={t("shell.edit", { name: shown })}
          title={t("shell.edit", { name: shown })}
        >
          <Pencil size={12} aria-hidden />
        </Link>
      </div>
      {state.state === "open" && (broker === "kafka" ? <Topics id={id} /> : <Queues id={id} />)}
    </li>
  );
}

function Topics({ id }: { id: string }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const { data } = useQuery(topicsQuery(useCommands(), id));
  const count = data?.filter((topic) => !topic.internal).length;
  return (
    <Link to="/c/$id/topics" params={{ id }} className={classes(styles["item"], styles["sub"])}>
      {t("shell.topics")} {count !== undefined && <em>{format.count(count)}</em>}
    </Link>
  );
}

function Queues({ id }: { id: string }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const count = useQueueCount(id);
  return (
    <Link to="/c/$id/queues" params={{ id }} className={classes(styles["item"], styles["sub"])}>
      {t("shell.queues")} {count !== undefined && <em>{format.count(count)}</em>}
    </Link>
  );
}
