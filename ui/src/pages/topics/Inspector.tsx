import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { ChevronDown, Download } from "lucide-react";
import { useEffect, useEffectEvent, useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { useCopy } from "@/components/clipboard";
import { useExactCopy } from "@/components/ExactCopy/ExactCopy";
import { Facts } from "@/components/Facts/Facts";
import { FailureState } from "@/components/FailureState/FailureState";
import { Menu } from "@/components/Menu/Menu";
import { Segmented } from "@/components/Segmented/Segmented";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { Tabs } from "@/components/Tabs/Tabs";
import { useToast } from "@/components/Toast/Toast";
import { ValueView } from "@/components/ValueView/ValueView";
import { failureText } from "@/components/FailureState/words";
import { everyTime, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { CopyForm, Form, RecordDetail, RecordPart, Rendered } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";

import { Headers } from "./Headers";
import styles from "./topic.module.css";

type View = "value" | "key" | "headers" | "raw";

const FORMS = ["auto", "text", "json"] as const;

export interface InspectorProps {
  resultSet: string;
  row: number;
  onReplay: () => void;
  /** A key pressed in the table that the inspector answers, and how often keys were pressed. */
  pressed: { readonly key: "c" | "e"; readonly time: number } | null;
}

/** One record, read again from the broker. */
export function Inspector({ resultSet, row, onReplay, pressed }: InspectorProps): ReactNode {
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
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    // Payloads are not kept once nobody looks at them.
    gcTime: 0,
  });
  const part: RecordPart =
    view === "key" || (view === "raw" && rawPart === "key") ? "key" : "value";
  const actions = useRecordActions(resultSet, row, part, record.data);
  const act = useEffectEvent((key: "c" | "e") => {
    if (key === "c") actions.copy("value");
    else actions.save();
  });
  const at = pressed?.time;
  const key = pressed?.key;
  useEffect(() => {
    if (at !== undefined && key !== undefined) act(key);
  }, [at, key]);

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
            <Button onClick={() => actions.copy(part)}>{t("common.copy")}</Button>
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
                  onSelect: () => actions.copy("value"),
                },
                { id: "key", label: t("record.copy.key"), onSelect: () => actions.copy("key") },
                {
                  id: "valueHex",
                  label: t("record.copy.valueHex"),
                  onSelect: () => actions.copy("value", "hex"),
                },
                {
                  id: "valueBase64",
                  label: t("record.copy.valueBase64"),
                  onSelect: () => actions.copy("value", "base64"),
                },
                { id: "offset", label: t("record.copy.offset"), onSelect: actions.copyOffset },
                { id: "json", label: t("record.copy.json"), onSelect: actions.copyJson },
              ]}
            />
          </span>
          <Button
            className={styles["icon"] ?? ""}
            label={t("common.save")}
            title={t("common.save")}
            onClick={actions.save}
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
            onSave={actions.save}
          />
        )}
        <Details record={detail} />
      </Tabs>
      {actions.question}
    </>
  );
}

interface RecordActions {
  copy(part: RecordPart, form?: CopyForm): void;
  copyOffset(): void;
  copyJson(): void;
  save(): void;
  readonly question: ReactNode;
}

function useRecordActions(
  resultSet: string,
  row: number,
  shownPart: RecordPart,
  shown: RecordDetail | undefined,
): RecordActions {
  const text = useText();
  const { t } = text;
  const commands = useCommands();
  const toast = useToast();
  const copyOffset = useCopy();
  const exact = useExactCopy();
  const { mutate: save } = useMutation({
    mutationFn: (part: RecordPart) => commands.saveRecord(resultSet, row, part),
    onSuccess: (saved) => {
      if (saved) toast(t("common.saved"));
    },
    onError: (failure) => toast(failureText(text, failure), "bad"),
  });
  return {
    copy: (part, form) =>
      exact.copy(
        {
          name: t(`record.tab.${part}`),
          ask: (as) => commands.copyRecord(resultSet, row, part, as),
          save: () => save(part),
        },
        form,
      ),
    copyOffset: () => {
      if (shown !== undefined) copyOffset(shown.offset);
    },
    copyJson: () => exact.copyText(() => commands.copyRecordJson(resultSet, row)),
    save: () => save(shownPart),
    question: exact.question,
  };
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
