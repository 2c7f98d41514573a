import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RefreshCw } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Chip } from "@/components/Chip/Chip";
import { FailureLine, FailureState } from "@/components/FailureState/FailureState";
import { PageHead } from "@/components/PageHead/PageHead";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { Tabs } from "@/components/Tabs/Tabs";
import { forPlural, printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { ConnectionSummary, QueueFacts } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";
import { useHolds } from "@/platform/queries";
import { allowsChanges } from "@/shell/access";
import { useShell } from "@/shell/shellContext";

import { heldIn, holdOf, unackedOf } from "./holds";
import { InspectView, type Side } from "./InspectView";
import styles from "./QueuePage.module.css";
import { QueueFactsView } from "./QueueFactsView";
import { bold } from "./rich";

/** How often the broker counts anew, in milliseconds; asking more often shows nothing newer. */
const STATISTICS = 5000;

/** One queue: its facts, and the messages that are held of it. */
export function QueueView(props: { connection: ConnectionSummary; queue: string }): ReactNode {
  const { connection, queue } = props;
  const { t } = useText();
  const format = useFormat();
  const commands = useCommands();
  const shell = useShell();
  const [tab, setTab] = useState<"inspect" | "facts">("inspect");
  const [side, setSide] = useState<Side>("inspector");
  /** Here, because its sheet comes and goes with its tab and with the first messages. */
  const [starting, setStarting] = useState(false);
  const holds = useHolds();
  const hold = holdOf(holds, connection.id, queue);
  const held = heldIn(holds, connection.id, queue);
  const facts = useQuery({
    queryKey: ["queue", connection.id, queue],
    queryFn: () => commands.getQueue(connection.id, queue),
    // While messages are held the counts move by what is done here, and their statistics follow.
    refetchInterval: ({ state }) =>
      (hold !== null && hold.phase !== "ended") || state.data?.moreSoon === true
        ? STATISTICS
        : false,
  });
  const { refetch } = facts;
  useEffect(() => void refetch(), [refetch, held]);
  // What the broker does not answer any more is not told as if it were so now.
  const known = facts.error === null || facts.data === undefined ? facts.data : settled(facts.data);

  const refusal =
    connection.state.state !== "open"
      ? t("queues.hold.notConnected", { connection: printable(connection.name) })
      : allowsChanges(connection)
        ? undefined
        : t("queues.hold.readOnly", { connection: printable(connection.name) });
  const isLocked = connection.state.state === "open" && refusal !== undefined;

  return (
    <>
      <PageHead
        crumbs={[
          <Link
            key="connection"
            to="/c/$id/queues"
            params={{ id: connection.id }}
            className={styles["rabbit"]}
          >
            {printable(connection.name)}
          </Link>,
          // The default one would only read as one more separator.
          ...(facts.data === undefined || facts.data.vhost === "/"
            ? []
            : [printable(facts.data.vhost)]),
          <Link key="queues" to="/c/$id/queues" params={{ id: connection.id }}>
            {t("queues.title")}
          </Link>,
        ]}
        title={queue}
        chips={<Chips connection={connection} facts={known} held={held} />}
        actions={
          <>
            <Button
              onClick={() => void refetch()}
              {...(facts.data === undefined
                ? {}
                : { title: t("queues.chip.at", { time: format.time(facts.dataUpdatedAt) }) })}
            >
              <RefreshCw size={13} aria-hidden /> {t("queues.list.refresh")}
            </Button>
            {isLocked && hold !== null && (
              <Button onClick={() => shell.unlock(connection.id)}>{t("queues.hold.unlock")}</Button>
            )}
            {(hold === null || hold.phase === "ended") && side !== "hold" && (
              <Button
                kind="primary"
                onClick={() => {
                  setTab("inspect");
                  setSide("hold");
                }}
                disabled={refusal !== undefined}
                {...(refusal === undefined ? {} : { reason: refusal })}
              >
                {t("queues.hold.open")}
              </Button>
            )}
          </>
        }
      />
      <Tabs
        label={t("queues.tabs")}
        value={tab}
        onChange={setTab}
        tabs={[
          { value: "inspect", label: t("queues.tab.inspect") },
          { value: "facts", label: t("queues.tab.facts") },
        ]}
      >
        {facts.error !== null && (facts.data !== undefined || hold !== null) && (
          <FailureLine failure={facts.error} onRetry={() => void refetch()} />
        )}
        {tab === "inspect" ? (
          <>
            {facts.error !== null && facts.data === undefined && hold === null ? (
              <FailureState failure={facts.error} onRetry={() => void refetch()} />
            ) : (
              <InspectView
                connection={connection}
                queue={queue}
                facts={known}
                hold={hold}
                refusal={refusal}
                {...(isLocked ? { onUnlock: () => shell.unlock(connection.id) } : {})}
                side={side}
                onSide={setSide}
                starting={starting}
                onStarting={setStarting}
              />
            )}
          </>
        ) : known !== undefined ? (
          <QueueFactsView facts={known} />
        ) : facts.error === null ? (
          <Skeleton />
        ) : hold !== null ? null : (
          <FailureState failure={facts.error} onRetry={() => void refetch()} />
        )}
      </Tabs>
    </>
  );
}

/** Without what changes by itself: how a queue was declared stays so. */
function settled(facts: QueueFacts): QueueFacts {
  return {
    ...facts,
    ready: null,
    unacked: null,
    consumers: null,
    otherConsumers: null,
    deadLettersWaiting: null,
    state: null,
  };
}

interface ChipsProps {
  connection: ConnectionSummary;
  facts: QueueFacts | undefined;
  held: number;
}

function Chips({ connection, facts, held }: ChipsProps): ReactNode {
  const { t, rich } = useText();
  const format = useFormat();
  const product = connection.state.state === "open" ? connection.state.product : null;
  const unacked = facts === undefined ? null : unackedOf(facts, held);
  return (
    <>
      {facts !== undefined && <Chip>{facts.kind ?? t("queues.chip.typeUnknown")}</Chip>}
      {product !== null && <Chip>{printable(product)}</Chip>}
      {facts !== undefined && (
        <>
          <Chip>
            {facts.ready === null
              ? t("queues.chip.readyUnknown")
              : rich("queues.chip.ready", {
                  n: format.count(facts.ready),
                  count: forPlural(facts.ready),
                  b: bold,
                })}
          </Chip>
          <Chip>
            {unacked === null
              ? t("queues.chip.unackedUnknown")
              : rich("queues.chip.unacked", {
                  n: format.count(unacked),
                  count: forPlural(unacked),
                  b: bold,
                })}
          </Chip>
        </>
      )}
      {held > 0 && (
        <Chip tone="held">
          {rich("queues.chip.held", {
            n: format.count(held),
            count: held,
            b: (parts) => <b>{parts}</b>,
          })}
        </Chip>
      )}
      {facts !== undefined && <ConsumersChip facts={facts} />}
    </>
  );
}

/** Who else takes messages; how many consumers are ours stands in the title. */
function ConsumersChip({ facts }: { facts: QueueFacts }): ReactNode {
  const { t, rich } = useText();
  const format = useFormat();
  const { consumers, otherConsumers } = facts;
  const words = (count: string | bigint): { n: string; count: number } => ({
    n: format.count(count),
    count: forPlural(count),
  });
  if (consumers === null) return <Chip>{t("queues.chip.consumersUnknown")}</Chip>;
  if (otherConsumers === null)
    return (
      <Chip title={t("queues.chip.consumers.unsure", words(consumers))}>
        {t("queues.chip.consumersUnknown")}
      </Chip>
    );
  const own = BigInt(consumers) - BigInt(otherConsumers);
  return (
    <Chip {...(own === 0n ? {} : { title: t("queues.chip.consumers.own", words(own)) })}>
      {rich("queues.chip.consumers", { ...words(otherConsumers), b: bold })}
    </Chip>
  );
}
