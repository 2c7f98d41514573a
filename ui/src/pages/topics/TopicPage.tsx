import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { RefreshCw } from "lucide-react";
import { useRef, useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Chip } from "@/components/Chip/Chip";
import type { DataTableHandle } from "@/components/DataTable/DataTable";
import { FailureList } from "@/components/FailureState/FailureState";
import { PageHead } from "@/components/PageHead/PageHead";
import { Tabs } from "@/components/Tabs/Tabs";
import { failureText } from "@/components/FailureState/words";
import { forPlural, printable, toBigInt, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { TopicFacts } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";
import { useConnection } from "@/platform/queries";

import { Messages } from "./Messages";
import { NEWEST, type Asked, type Draft } from "./query/draft";
import { QueryForm } from "./query/QueryForm";
import styles from "./topic.module.css";

/** One topic: its facts and its records. */
export function TopicPage(): ReactNode {
  const { id, topic } = useParams({ from: "/c/$id/topics/$topic" });
  // Another topic is another page: nothing of this one's rows or selection may stay.
  return <Topic key={`${id} ${topic}`} connection={id} topic={topic} />;
}

function Topic({ connection, topic }: { connection: string; topic: string }): ReactNode {
  const text = useText();
  const { t } = text;
  const commands = useCommands();
  const name = useConnection(connection)?.name ?? connection;
  const facts = useQuery({
    queryKey: ["topic", connection, topic],
    queryFn: () => commands.getTopic(connection, topic),
  });
  const format = useFormat();
  const table = useRef<DataTableHandle>(null);
  const [draft, setDraft] = useState<Draft>(NEWEST);
  const [asked, setAsked] = useState<Asked>(() => ({
    by: "read",
    request: {
      topic,
      start: { at: "newest" },
      partitions: null,
      limit: Number(NEWEST.limit),
      committed: NEWEST.committed,
    },
  }));
  return (
    <>
      <PageHead
        crumbs={[
          <span key="connection" className={styles["kafka"]}>
            {printable(name)}
          </span>,
          <Link key="topics" to="/c/$id/topics" params={{ id: connection }}>
            {t("topics.title")}
          </Link>,
        ]}
        title={topic}
        chips={
          <>
            {facts.data !== undefined && <TopicChips facts={facts.data} />}
            {facts.error !== null && (
              <Chip tone="warn" title={failureText(text, facts.error)}>
                {t(facts.data === undefined ? "topic.factsUnknown" : "topic.factsOld")}
              </Chip>
            )}
          </>
        }
        actions={
          <Button
            onClick={() => void facts.refetch()}
            disabled={facts.isFetching}
            reason={t("common.loading")}
          >
            <RefreshCw size={13} aria-hidden />
            {t("topic.reload")}
          </Button>
        }
      />
      <Tabs
        label={t("topic.views")}
        value="messages"
        tabs={[{ value: "messages", label: t("topic.messages") }]}
        onChange={() => undefined}
      >
        {facts.data !== undefined && <FailureList failures={facts.data.missing} />}
        <QueryForm
          topic={topic}
          partitions={facts.data?.partitions ?? null}
          draft={draft}
          onDraft={setDraft}
          onAsk={setAsked}
          onLeave={() => table.current?.focus()}
        />
        <Messages
          connection={connection}
          asked={asked}
          compacted={facts.data?.cleanupPolicy?.startsWith("compact") ?? false}
          onAgain={() => setAsked({ ...asked })}
          factsFailure={facts.error}
          onFacts={() => void facts.refetch()}
          onNarrow={(from, to) =>
            setDraft({
              ...draft,
              start: "time",
              time: format.time(from),
              end: "time",
              endTime: format.time(to),
            })
          }
          table={table}
        />
      </Tabs>
    </>
  );
}

/** Kafka says so with a negative number; unknown is not unlimited. */
function isUnlimited(limit: string | null): boolean {
  return limit !== null && (toBigInt(limit) ?? 0n) < 0n;
}

function TopicChips({ facts }: { facts: TopicFacts }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const { partitions, offsets, retentionMillis, retentionBytes, cleanupPolicy } = facts;
  const untimed = isUnlimited(retentionMillis);
  const forever = untimed && isUnlimited(retentionBytes);
  // Retention by time is nothing to a topic that is only compacted.
  const ages = cleanupPolicy !== "compact" && cleanupPolicy !== "keep";
  return (
    <>
      <Chip>
        {t("topic.partitions", {
          count: forPlural(partitions),
          shown: format.count(partitions),
        })}
      </Chip>
      {offsets === null ? (
        <Chip tone="warn">{t("topic.offsets.unknown")}</Chip>
      ) : (
        <Chip
          title={`${t("topics.offsets.exact", { count: forPlural(offsets), exact: format.count(offsets) })}\n${t("topics.offsets.help")}`}
        >
          {t("topic.offsets", { count: forPlural(offsets), shown: format.approximate(offsets) })}
        </Chip>
      )}
      {ages &&
        (retentionMillis === null ? (
          <Chip tone="warn">{t("topic.retention.unknown")}</Chip>
        ) : (
          <Chip
            title={
              forever
                ? t("topic.retention.forever.help")
                : untimed
                  ? undefined
                  : `${format.count(retentionMillis)} ms`
            }
          >
            {forever
              ? t("topic.retention.forever")
              : untimed
                ? t("topic.retention.untimed")
                : t("topic.retention", { time: format.millis(retentionMillis) })}
          </Chip>
        ))}
      {ages && retentionBytes !== null && !isUnlimited(retentionBytes) && (
        <Chip title={format.exactBytes(retentionBytes)}>
          {t("topic.retention.bytes", { bytes: format.bytes(retentionBytes) })}
        </Chip>
      )}
      {/* "Deleted once it expires" beside "never expires" would read as a contradiction. */}
      {cleanupPolicy !== null && !(forever && cleanupPolicy === "delete") && (
        <Chip>{t(`topic.cleanup.${cleanupPolicy}`)}</Chip>
      )}
      {facts.timestampType === "log_append_time" && (
        <Chip title={t("topic.brokerTime.help")}>{t("topic.brokerTime")}</Chip>
      )}
    </>
  );
}
