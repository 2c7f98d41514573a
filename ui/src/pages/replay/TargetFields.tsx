import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { FailureLine } from "@/components/FailureState/FailureState";
import { Field } from "@/components/Field/Field";
import { Segmented } from "@/components/Segmented/Segmented";
import { Select } from "@/components/Select/Select";
import { Suggest } from "@/components/Suggest/Suggest";
import { TextInput } from "@/components/TextInput/TextInput";
import { printable } from "@/format";
import { useText } from "@/i18n";
import type { ConnectionSummary } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";
import { exchangesQuery, topicsQuery, useConnections } from "@/platform/queries";

import styles from "./replay.module.css";
import { parsePartition, routingOf, type TargetDraft } from "./target";

export interface TargetFieldsProps {
  draft: TargetDraft;
  onChange: (draft: TargetDraft) => void;
  connection: ConnectionSummary | undefined;
}

/** The connection, and the topic or exchange on it. */
export function TargetFields({ draft, onChange, connection }: TargetFieldsProps): ReactNode {
  const { t } = useText();
  const connections = useConnections();
  return (
    <div className={styles["fields"]}>
      <Field label={t("replay.to")}>
        <Select
          wide
          placeholder={t("replay.to.choose")}
          value={draft.connection}
          options={connections.map(({ id, name, broker, environment }) => ({
            value: id,
            label: printable(name),
            note: `${t(`common.broker.${broker}`)} · ${t(`common.environment.${environment}`)}`,
          }))}
          onChange={(id) => onChange({ ...draft, connection: id, exchange: null })}
        />
      </Field>
      {connection?.state.state === "open" &&
        (connection.broker === "kafka" ? (
          <TopicFields draft={draft} onChange={onChange} connection={connection} />
        ) : (
          <ExchangeFields draft={draft} onChange={onChange} connection={connection} />
        ))}
    </div>
  );
}

type PartProps = TargetFieldsProps & { connection: ConnectionSummary };

function TopicFields({ draft, onChange, connection }: PartProps): ReactNode {
  const { t } = useText();
  const topics = useQuery(topicsQuery(useCommands(), connection.id));
  const names = (topics.data ?? []).filter((topic) => !topic.internal).map((topic) => topic.name);
  const wrong = draft.partitionNumber !== "" && parsePartition(draft.partitionNumber) === null;
  return (
    <>
      <Field label={t("replay.topic")}>
        <Suggest
          mono
          value={draft.topic}
          options={names}
          onChange={(topic) => onChange({ ...draft, topic })}
        />
      </Field>
      {topics.error !== null && <FailureLine failure={topics.error} />}
      <div className={styles["pair"]}>
        <Field label={t("replay.partition")}>
          <Segmented
            label={t("replay.partition")}
            value={draft.partition}
            options={(["by_key", "same", "fixed"] as const).map((value) => ({
              value,
              label: t(`replay.partition.${value}`),
            }))}
            onChange={(partition) => onChange({ ...draft, partition })}
          />
        </Field>
        {draft.partition === "fixed" && (
          <Field
            label={t("replay.partition.number")}
            error={wrong ? t("replay.partition.error") : undefined}
          >
            <TextInput
              chars={6}
              inputMode="numeric"
              value={draft.partitionNumber}
              onChange={(event) => onChange({ ...draft, partitionNumber: event.target.value })}
            />
          </Field>
        )}
        <Field label={t("replay.time")}>
          <Segmented
            label={t("replay.time")}
            value={draft.time}
            options={(["original", "now"] as const).map((value) => ({
              value,
              label: t(`replay.time.${value}`),
            }))}
            onChange={(time) => onChange({ ...draft, time })}
          />
        </Field>
      </div>
    </>
  );
}

/** The select needs a word for every choice; no exchange can have this name. */
const DEFAULT_EXCHANGE = "\u0000default";

function ExchangeFields({ draft, onChange, connection }: PartProps): ReactNode {
  const { t } = useText();
  const exchanges = useQuery(exchangesQuery(useCommands(), connection.id));
  const options = (exchanges.data ?? []).map(({ name, kind }) =>
    name === ""
      ? { value: DEFAULT_EXCHANGE, label: t("replay.exchange.default"), note: kind }
      : { value: name, label: printable(name), note: kind },
  );
  // Without the management API there is no list: the name can still be typed.
  const listed = exchanges.data !== undefined && exchanges.data.length > 0;
  // Nothing typed is then a choice of its own, and nothing is what the default exchange is called.
  const entered: TargetDraft =
    listed || exchanges.isPending ? draft : { ...draft, exchange: draft.exchange ?? "" };
  const byQueue = entered.exchange === "";
  return (
    <>
      {listed ? (
        <Field label={t("replay.exchange")}>
          <Select
            wide
            value={draft.exchange === "" ? DEFAULT_EXCHANGE : draft.exchange}
            options={options}
            onChange={(value) =>
              onChange({ ...draft, exchange: value === DEFAULT_EXCHANGE ? "" : value })
            }
          />
        </Field>
      ) : (
        <Field label={t("replay.exchange")} help={t("replay.exchange.empty")}>
          <TextInput
            mono
            value={entered.exchange ?? ""}
            onChange={(event) => onChange({ ...draft, exchange: event.target.value })}
          />
        </Field>
      )}
      {exchanges.error !== null && <FailureLine failure={exchanges.error} />}
      {entered.exchange !== null && (
        <div className={styles["pair"]}>
          {!byQueue && (
            <Field label={t("replay.routing")}>
              <Segmented
                label={t("replay.routing")}
                value={draft.routing}
                options={(["original", "fixed"] as const).map((value) => ({
                  value,
                  label: t(`replay.routing.${value}`),
                }))}
                onChange={(routing) => onChange({ ...draft, routing })}
              />
            </Field>
          )}
          {routingOf(entered) === "fixed" && (
            <Field
              className={styles["wide"] ?? ""}
              label={byQueue ? t("replay.routing.queue") : t("replay.routing.key")}
            >
              <TextInput
                mono
                value={draft.routingKey}
                onChange={(event) => onChange({ ...entered, routingKey: event.target.value })}
              />
            </Field>
          )}
        </div>
      )}
    </>
  );
}
