import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useEffect, useEffectEvent, useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { useCopy } from "@/components/clipboard";
import { Facts } from "@/components/Facts/Facts";
import { FailureState } from "@/components/FailureState/FailureState";
import { Menu } from "@/components/Menu/Menu";
import { Segmented } from "@/components/Segmented/Segmented";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { Tabs } from "@/components/Tabs/Tabs";
import { useToast } from "@/components/Toast/Toast";
import { ValueView } from "@/components/ValueView/ValueView";
import { everyTime, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { Form, RecordDetail, RecordPart, Rendered } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";

import { copied, MOST_COPIED, shownAsJson } from "./copy";
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
      count: detail.headersUnreadable ? "?" : format.count(detail.headers.length),
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
                { id: "offset", label: t("record.copy.offset"), onSelect: actions.copyOffset },
                { id: "json", label: t("record.copy.json"), onSelect: actions.copyJson },
              ]}
            />
          </span>
          <Button onClick={actions.save}>{t("common.save")}</Button>
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
          <Headers headers={detail.headers} unreadable={detail.headersUnreadable} />
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
    </>
  );
}

interface RecordActions {
  copy(part: RecordPart): void;
  copyOffset(): void;
  copyJson(): void;
  save(): void;
}

function useRecordActions(
  resultSet: string,
  row: number,
  shownPart: RecordPart,
  shown: RecordDetail | undefined,
): RecordActions {
  const { t } = useText();
  const format = useFormat();
  const commands = useCommands();
  const toast = useToast();
  const copyText = useCopy();
  const copy = useMutation({
    // Read again as text and whole: what is shown may be cut, or laid out for reading.
    mutationFn: async (part: RecordPart) => {
      const { [part]: bytes } = await commands.getRecord(resultSet, row, "text", true);
      return copied(bytes);
    },
    onSuccess: (what) => {
      switch (what.kind) {
        case "null":
        case "empty":
          toast(t("record.copy.nothing", { what: t(`common.${what.kind}`) }));
          return;
        case "exact":
          copyText(what.text);
          return;
        case "hex":
          copyText(what.text, t("record.copied.hex"));
          return;
        case "symbols":
          copyText(what.text, t("record.copied.symbols"));
      }
    },
    onError: (failure) => toast(failure.message, "bad"),
  });
  const save = useMutation({
    mutationFn: () => commands.saveRecord(resultSet, row, shownPart),
    onSuccess: (saved) => {
      if (saved) toast(t("common.saved"));
    },
    onError: (failure) => toast(failure.message, "bad"),
  });
  return {
    copy: (part) => {
      const size = shown?.[part].totalBytes ?? "0";
      if (BigInt(size) > MOST_COPIED)
        toast(t("record.copy.tooLarge", { size: format.bytes(size) }), "bad");
      else copy.mutate(part);
    },
    copyOffset: () => {
      if (shown !== undefined) copyText(shown.offset);
    },
    copyJson: () => {
      if (shown !== undefined) copyText(shownAsJson(shown));
    },
    save: () => save.mutate(),
  };
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
