//! One held message: what happened to it, and every part of it.

import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Facts } from "@/components/Facts/Facts";
import { FailureState } from "@/components/FailureState/FailureState";
import { Menu } from "@/components/Menu/Menu";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { Tabs } from "@/components/Tabs/Tabs";
import { ValueView } from "@/components/ValueView/ValueView";
import { forPlural, printable, useFormat } from "@/format";
import { useText, type Text } from "@/i18n";
import type { CopyForm, Form, HeldDetail, HeldRow, HoldView } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";

import styles from "./Inspector.module.css";
import { fateOf } from "./looks";
import { LooksCell } from "./LooksView";
import { StoryList } from "./StoryList";

export type MessageTab = "story" | "body" | "properties" | "headers" | "raw";

export interface InspectorProps {
  hold: HoldView;
  /** The row in the table, as it stands now. */
  row: HeldRow;
  /** Its place in the table, from 1. */
  number: number;
  tab: MessageTab;
  onTab: (tab: MessageTab) => void;
  onCopy: (form?: CopyForm) => void;
  /** The whole message, not only its body. */
  onCopyJson: () => void;
  onSave: () => void;
}

export function Inspector(props: InspectorProps): ReactNode {
  const { hold, row, tab } = props;
  const { t } = useText();
  const format = useFormat();
  const commands = useCommands();
  const [form, setForm] = useState<Form>("auto");
  /** The message whose every byte was asked for. */
  const [whole, setWhole] = useState<number | null>(null);
  const asked = tab === "raw" ? "hex" : form;
  const isWhole = whole === row.id;
  const detail = useQuery({
    // Not under "holds": a body never changes, and news of a hold must not read it again.
    queryKey: ["held", hold.id, row.id, asked, isWhole],
    queryFn: () => commands.getHeld(hold.id, row.id, asked, isWhole),
    staleTime: Infinity,
    gcTime: isWhole ? 0 : 60_000,
    // Another form of the same message: what is shown stays until it came.
    placeholderData: (before, query) =>
      query?.queryKey[1] === hold.id && query.queryKey[2] === row.id ? before : undefined,
  });
  const size = format.bytes(row.size);
  return (
    <div className={styles["inspector"]}>
      <header className={styles["head"]}>
        <h2 title={row.messageId === null ? undefined : printable(row.messageId)}>
          {row.messageId === null
            ? t("queues.detail.title", { n: format.count(props.number), size })
            : t("queues.detail.titleId", { id: printable(row.messageId), size })}
        </h2>
        <span className={styles["joined"]}>
          <Button onClick={() => props.onCopy()}>{t("queues.detail.copy")}</Button>
          <Menu
            trigger={
              <Button label={t("record.copyMenu")}>
                <ChevronDown size={14} aria-hidden />
              </Button>
            }
            items={[
              { id: "body", label: t("queues.detail.copy.body"), onSelect: () => props.onCopy() },
              {
                id: "hex",
                label: t("queues.detail.copy.hex"),
                onSelect: () => props.onCopy("hex"),
              },
              {
                id: "base64",
                label: t("queues.detail.copy.base64"),
                onSelect: () => props.onCopy("base64"),
              },
              { id: "json", label: t("queues.detail.copy.json"), onSelect: props.onCopyJson },
            ]}
          />
        </span>
        <Button onClick={props.onSave}>{t("queues.detail.save")}</Button>
      </header>
      <Standing hold={hold} row={row} />
      {detail.data === undefined ? (
        detail.error === null ? (
          <Skeleton rows={6} />
        ) : (
          <FailureState failure={detail.error} onRetry={() => void detail.refetch()} />
        )
      ) : (
        <Parts
          {...props}
          detail={detail.data}
          form={form}
          onForm={setForm}
          onWhole={() => setWhole(row.id)}
        />
      )}
    </div>
  );
}

/** What became of it, or what the next return would do to it. */
function Standing({ hold, row }: { hold: HoldView; row: HeldRow }): ReactNode {
  const { t } = useText();
  if (row.state !== "held") {
    return <p className={styles["standing"]}>{t(`queues.state.${row.state}.long`)}</p>;
  }
  if (!row.lastLook) return null;
  const fate = t(`queues.banner.fate.${fateOf(hold.afterLastLook)}`);
  return (
    <p className={styles["standing"]} data-tone="bad">
      {t("queues.looks.none", { fate })}
    </p>
  );
}

interface PartsProps extends InspectorProps {
  detail: HeldDetail;
  form: Form;
  onForm: (form: Form) => void;
  onWhole: () => void;
}

function Parts(props: PartsProps): ReactNode {
  const { detail, tab, hold } = props;
  const { t } = useText();
  const format = useFormat();
  return (
    <Tabs<MessageTab>
      label={t("queues.detail.tabs")}
      narrow
      value={tab}
      onChange={props.onTab}
      tabs={[
        { value: "story", label: t("queues.detail.tab.story") },
        { value: "body", label: t("queues.detail.tab.body") },
        { value: "properties", label: t("queues.detail.tab.properties") },
        {
          value: "headers",
          label: t("queues.detail.tab.headers"),
          count: format.count(detail.headers.length + detail.headersOmitted),
        },
        { value: "raw", label: t("queues.detail.tab.raw") },
      ]}
    >
      {tab === "story" && (
        <div className={styles["scroll"]}>
          <StoryList story={detail.story} queue={hold.queue} />
        </div>
      )}
      {tab === "body" && (
        <ValueView
          label={t("queues.detail.body")}
          rendered={detail.body}
          form={props.form}
          onForm={props.onForm}
          onLoadWhole={props.onWhole}
          onSave={props.onSave}
        />
      )}
      {tab === "properties" && <Properties detail={detail} />}
      {tab === "headers" && <Headers detail={detail} />}
      {tab === "raw" && (
        <ValueView
          label={t("queues.detail.tab.raw")}
          rendered={detail.body}
          onLoadWhole={props.onWhole}
          onSave={props.onSave}
        />
      )}
    </Tabs>
  );
}

function Properties({ detail }: { detail: HeldDetail }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  return (
    <div className={styles["scroll"]}>
      <div className={styles["facts"]}>
        <Facts
          label={t("queues.detail.properties.delivery")}
          facts={[
            {
              name: t("queues.detail.properties.exchange"),
              value:
                detail.exchange === "" ? (
                  <em>{t("queues.detail.properties.defaultExchange")}</em>
                ) : (
                  <code>{printable(detail.exchange)}</code>
                ),
            },
            {
              name: t("queues.detail.properties.routingKey"),
              value:
                detail.routingKey === "" ? (
                  <em>{t("common.empty")}</em>
                ) : (
                  <code>{printable(detail.routingKey)}</code>
                ),
            },
            {
              name: t("queues.detail.properties.redelivered"),
              value: t(
                detail.redelivered
                  ? "queues.detail.properties.redelivered.yes"
                  : "queues.detail.properties.redelivered.no",
              ),
            },
            {
              name: t("queues.detail.properties.size"),
              value: (
                <span title={format.exactBytes(detail.size)}>{format.bytes(detail.size)}</span>
              ),
            },
            {
              name: t("queues.detail.properties.looks"),
              value: <LooksCell looks={detail.looks} />,
            },
          ]}
        />
      </div>
      <h3 className={styles["heading"]}>{t("queues.detail.properties.set")}</h3>
      {detail.properties.length === 0 ? (
        <p className={styles["none"]}>{t("queues.detail.properties.none")}</p>
      ) : (
        <div className={styles["facts"]}>
          <Facts
            label={t("queues.detail.properties.set")}
            facts={detail.properties.map(({ name, value }) => ({
              name,
              value:
                value === "" ? (
                  <em>{t("common.empty")}</em>
                ) : (
                  <code>{propertyText(name, printable(value), t)}</code>
                ),
            }))}
          />
        </div>
      )}
    </div>
  );
}

/** A property's value, with what a bare number of the protocol means. */
function propertyText(name: string, value: string, t: Text["t"]): string {
  if (name !== "delivery_mode" || (value !== "1" && value !== "2")) return value;
  return t(
    value === "2" ? "queues.detail.properties.persistent" : "queues.detail.properties.transient",
    { value },
  );
}

function Headers({ detail }: { detail: HeldDetail }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  if (detail.headers.length === 0) {
    return <p className={styles["none"]}>{t("queues.detail.headers.none")}</p>;
  }
  return (
    <div className={styles["scroll"]}>
      <table className={styles["headers"]} aria-label={t("queues.detail.tab.headers")}>
        <thead>
          <tr>
            <th scope="col">{t("queues.detail.headers.name")}</th>
            <th scope="col">{t("queues.detail.headers.value")}</th>
          </tr>
        </thead>
        <tbody>
          {detail.headers.map(({ name, amqpType, value, truncated }) => (
            <tr key={name}>
              <th scope="row" className="selectable">
                {printable(name)}
              </th>
              <td className="selectable">
                {value === "" ? <em>{t("common.empty")}</em> : printable(value)}
                {truncated && "…"}{" "}
                <small>
                  {amqpType}
                  {truncated && `, ${t("queues.detail.headers.cut")}`}
                </small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {detail.headersOmitted > 0 && (
        <p className={styles["none"]}>
          {t("queues.detail.headers.omitted", {
            count: forPlural(detail.headersOmitted),
            shown: format.count(detail.headersOmitted),
          })}
        </p>
      )}
    </div>
  );
}
