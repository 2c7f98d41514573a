import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Download } from "lucide-react";
import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { useCopy } from "@/components/clipboard";
import { Facts } from "@/components/Facts/Facts";
import { FailureState } from "@/components/FailureState/FailureState";
import { Menu } from "@/components/Menu/Menu";
import { Segmented } from "@/components/Segmented/Segmented";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { Tabs } from "@/components/Tabs/Tabs";
import { ValueView } from "@/components/ValueView/ValueView";
import { everyTime, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { Form, RecordDetail, RecordPart, Rendered } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";

import { Headers } from "./Headers";
import styles from "./topic.module.css";
import type { RecordActions } from "./useRecordActions";

type View = "value" | "key" | "headers" | "raw";

const FORMS = ["auto", "text", "json"] as const;

export interface InspectorProps {
  resultSet: string;
  row: number;
  actions: RecordActions;
  onReplay: () => void;
}

/** One record, read again from the broker. */
export function Inspector({ resultSet, row, actions, onReplay }: InspectorProps): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const commands = useCommands();
  const [view, setView] = useState<View>("value");
  const [form, setForm] = useState<Form>("auto");
  const [rawPart, setRawPart] = useState<RecordPart>("value");
  const [wholeRow, setWholeRow] = useState<number | null>(null);
  const asked: Form = view === "raw" ? "hex" : form;
  const whole = wholeRow === row;
  const record = useQuery({
    queryKey: ["record", resultSet, row, asked, whole],
    queryFn: () => commands.getRecord(resultSet, row, asked, whole),
    // Another form of the same record: what is shown stays until it came. Never another record,
    // because what acts acts on this one.
    placeholderData: (before, query) =>
      query?.queryKey[1] === resultSet && query.queryKey[2] === row ? before : undefined,
    staleTime: Number.POSITIVE_INFINITY,
    // Payloads are not kept once nobody looks at them.
    gcTime: 0,
  });
  const part: RecordPart =
    view === "key" || (view === "raw" && rawPart === "key") ? "key" : "value";
  const copyOffset = useCopy();

  if (record.error !== null)
    return <FailureState failure={record.error} onRetry={() => void record.refetch()} />;
  if (record.data === undefined) return <Skeleton rows={6} />;
  const detail = record.data;
  const title = t("record.title", {
    partition: detail.partition,
    offset: format.count(detail.offset),
  });
  const bytes = part === "key" ? detail.key : detail.value;
  const tabs = [
    { value: "value", label: t("record.tab.value") },
    { value: "key", label: t("record.tab.key") },
    {
      value: "headers",
      label: t("record.tab.headers"),
      count: detail.headersUnreadable
        ? "?"
        : format.count(detail.headers.length + detail.headersOmitted),
    },
    { value: "raw", label: t("record.tab.raw") },
  ] as const;
  return (
    <>
      <header className={styles["inspectorHead"]}>
        <h2 className="selectable" title={title}>
          {title}
        </h2>
        <span className={styles["buttons"]}>
          <span className={styles["joined"]}>
            <Button onClick={() => actions.copy(row, part)}>{t("common.copy")}</Button>
            <Menu
              trigger={
                <Button label={t("record.copyMenu")}>
                  <ChevronDown size={14} aria-hidden />
                </Button>
              }
              items={[
                {
                  id: "value",
                  label: t("record.copy.value"),
                  onSelect: () => actions.copy(row, "value"),
                },
                {
                  id: "key",
                  label: t("record.copy.key"),
                  onSelect: () => actions.copy(row, "key"),
                },
                {
                  id: "valueHex",
                  label: t("record.copy.valueHex"),
                  onSelect: () => actions.copy(row, "value", "hex"),
                },
                {
                  id: "valueBase64",
                  label: t("record.copy.valueBase64"),
                  onSelect: () => actions.copy(row, "value", "base64"),
                },
                {
                  id: "offset",
                  label: t("record.copy.offset"),
                  onSelect: () => copyOffset(detail.offset),
                },
                { id: "json", label: t("record.copy.json"), onSelect: () => actions.copyJson(row) },
              ]}
            />
          </span>
          <Button
            className={styles["icon"] ?? ""}
            label={t("common.save")}
            title={t("common.save")}
            onClick={() => actions.save(row, part)}
          >
            <Download size={14} aria-hidden />
          </Button>
          <Button kind="primary" onClick={onReplay}>
            {t("record.replay")}
          </Button>
        </span>
      </header>
      <Tabs narrow label={t("record.views")} value={view} tabs={tabs} onChange={setView}>
        {view === "raw" && (
          <div className={styles["inspectorHead"]}>
            <Segmented
              label={t("record.views")}
              value={rawPart}
              options={[
                { value: "value", label: t("record.tab.value") },
                { value: "key", label: t("record.tab.key") },
              ]}
              onChange={setRawPart}
            />
          </div>
        )}
        {view === "headers" ? (
          <Headers
            headers={detail.headers}
            omitted={detail.headersOmitted}
            unreadable={detail.headersUnreadable}
          />
        ) : (
          <ValueView
            label={t(`record.tab.${part}`)}
            rendered={bytes}
            {...(view === "raw" ? {} : { form, forms: FORMS, onForm: setForm })}
            onLoadWhole={() => setWholeRow(row)}
            onSave={() => actions.save(row, part)}
          />
        )}
        <Details record={detail} />
      </Tabs>
    </>
  );
}

/** A record's size is that of its key, its value and its headers, and nothing else. */
function headersSize({ size, key, value }: RecordDetail): bigint {
  return BigInt(size) - BigInt(key.totalBytes) - BigInt(value.totalBytes);
}

function Details({ record }: { record: RecordDetail }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const sizeOf = (part: Rendered): string =>
    part.form === null ? t("common.null") : format.bytes(part.totalBytes);
  const facts = [
    {
      name: t("record.timestamp"),
      value:
        record.timestamp === null ? (
          t("record.noTimestamp")
        ) : (
          <span title={everyTime(record.timestamp)}>
            {format.time(record.timestamp)} <em>{record.timestampType}</em>
          </span>
        ),
    },
    {
      name: t("record.size"),
      value: (
        <span title={format.exactBytes(record.size)}>
          {t("record.size.parts", {
            total: format.bytes(record.size),
            key: sizeOf(record.key),
            value: sizeOf(record.value),
            headers: record.headersUnreadable
              ? t("common.unknown")
              : format.bytes(headersSize(record)),
          })}
        </span>
      ),
    },
  ];
  return (
    <div className={styles["details"]}>
      <Facts label={t("common.details")} facts={facts} />
    </div>
  );
}
