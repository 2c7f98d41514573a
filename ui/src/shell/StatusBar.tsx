import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { StateDot } from "@/components/StateDot/StateDot";
import { forPlural, printable, useFormat, zoneName } from "@/format";
import { useText } from "@/i18n";
import { useConnections, useHolds } from "@/platform/queries";
import { setPreferences, usePreferences, type Zone } from "@/preferences";

import { useJobs, type Job } from "./jobs";
import { onDemand } from "./onDemand";
import { toneOf } from "./Navigation";
import { Settings } from "./Settings";
import styles from "./StatusBar.module.css";

// Nothing ends before the page that starts it is there.
const EndedReplays = onDemand(
  async () => (await import("@/pages/replay/EndedReplays")).EndedReplays,
);

const NEXT: Readonly<Record<Zone, Zone>> = { local: "utc", utc: "epoch", epoch: "local" };

export function StatusBar(): ReactNode {
  const { t } = useText();
  const { zone } = usePreferences();
  const connections = useConnections().filter(({ state }) => state.state !== "closed");
  const jobs = useJobs();
  const name = zone === "epoch" ? t("zone.epoch") : zoneName(zone);
  return (
    <footer className={styles["status"]} aria-label={t("shell.status")}>
      {connections.map((connection) => (
        <span key={connection.id}>
          <StateDot tone={toneOf(connection.state)} />
          {printable(connection.name)}
          <span className="visually-hidden">{t(`shell.state.${connection.state.state}`)}</span>
        </span>
      ))}
      <span className={styles["grow"]} />
      <Held />
      <EndedReplays />
      {jobs.map((job) => (
        <Running key={job.id} job={job} />
      ))}
      <button
        type="button"
        className={styles["button"]}
        aria-label={t("status.zone", { zone: name })}
        onClick={() => setPreferences({ zone: NEXT[zone] })}
      >
        {name}
      </button>
      <Settings />
    </footer>
  );
}

/** Messages that applications cannot see because of us: told everywhere. */
function Held(): ReactNode {
  const { rich } = useText();
  const format = useFormat();
  const holds = useHolds().filter((hold) => hold.held > 0);
  const first = holds[0];
  if (first === undefined) return null;
  const count = holds.reduce((sum, hold) => sum + hold.held, 0);
  return (
    <Link
      to="/c/$id/queues/$queue"
      params={{ id: first.connection, queue: first.queue }}
      className={styles["held"]}
    >
      {rich("status.held", {
        count: forPlural(count),
        shown: format.count(count),
        b: (parts) => <b>{parts}</b>,
      })}
    </Link>
  );
}

function Running({ job }: { job: Job }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const parts = [
    t(job.total === null ? `status.running.${job.kind}.some` : `status.running.${job.kind}`, {
      name: printable(job.name),
      done: format.count(job.done),
      total: format.count(job.total ?? ""),
    }),
    job.perSecond !== null && t("status.rate", { rate: format.rate(job.perSecond) }),
    job.secondsLeft !== null && t("status.timeLeft", { time: format.left(job.secondsLeft) }),
  ];
  const what = parts.filter(Boolean).join(" · ");
  return (
    <span className={styles["running"]}>
      <StateDot tone="busy" />
      <span className={styles["what"]} title={what}>
        {what}
      </span>
      {job.stop !== undefined && <Stop name={printable(job.name)} job={job} stop={job.stop} />}
    </span>
  );
}

/** What goes on when its page is left is stopped from anywhere. */
function Stop(props: { name: string; job: Job; stop: () => void }): ReactNode {
  const { t } = useText();
  const { name, stop } = props;
  const stopping = props.job.stopping === true;
  return (
    <button
      type="button"
      className={styles["button"]}
      aria-label={t(stopping ? "replay.status.stopping.named" : "replay.status.stop.named", {
        name,
      })}
      aria-disabled={stopping}
      title={stopping ? t("replay.stopping") : undefined}
      onClick={stopping ? undefined : stop}
    >
      {t(stopping ? "replay.status.stopping" : "replay.stop")}
    </button>
  );
}
