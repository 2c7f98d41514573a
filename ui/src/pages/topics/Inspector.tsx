import { skipToken, useQuery } from "@tanstack/react-query";
import { ChevronDown, Download } from "lucide-react";
import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { useCopy } from "@/components/clipboard";
import { Facts } from "@/components/Facts/Facts";
import { FailureState, TechnicalDetail } from "@/components/FailureState/FailureState";
import { Menu, type MenuItem } from "@/components/Menu/Menu";
import { Segmented } from "@/components/Segmented/Segmented";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { Tabs } from "@/components/Tabs/Tabs";
import { ValueView } from "@/components/ValueView/ValueView";
import { everyTime, printable, useFormat } from "@/format";
import { useText, type MessageKey } from "@/i18n";
import type {
  CopyForm,
  Form,
  RecordDetail,
  RecordPart,
  RecordRow,
  Rendered,
} from "@/platform/bindings";
import { useCommands } from "@/platform/platform";

import { Headers } from "./Headers";
import type { Marks } from "./Records";
import styles from "./topic.module.css";
import type { RecordActions } from "./useRecordActions";

type View = "value" | "key" | "headers" | "raw";

const FORMS = ["auto", "text", "json"] as const;

export interface InspectorProps {
  resultSet: string;
  /** Null until its row came. */
  record: RecordRow | null;
  /** Whether the topic is said. */
  topics: boolean;
  marks?: Marks;
  actions: RecordActions;
  onReplay: (record: RecordRow) => void;
}

/** One record, read again from the broker. */
export function Inspector(props: InspectorProps): ReactNode {
  const { resultSet, record, marks, actions, onReplay } = props;
  const { t } = useText();
  const format = useFormat();
  const commands = useCommands();
  const [view, setView] = useState<View>("value");
  const [form, setForm] = useState<Form>("auto");
  const [rawPart, setRawPart] = useState<RecordPart>("value");
  const [wholeRow, setWholeRow] = useState<number | null>(null);
  const asked: Form = view === "raw" ? "hex" : form;
  const row = record?.row ?? null;
  const whole = wholeRow === row;
  const answer = useQuery({
    queryKey: ["record", resultSet, row, asked, whole],
    queryFn: row === null ? skipToken : () => commands.getRecord(resultSet, row, asked, whole),
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

  if (answer.error !== null)
    return <FailureState failure={answer.error} onRetry={() => void answer.refetch()} />;
  if (record === null || answer.data === undefined) return <Skeleton rows={6} />;
  const detail = answer.data;
  const highlight = view !== "raw" && marks?.places.includes(part) === true ? marks : undefined;
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
            <Button onClick={() => actions.copy(record, part)}>{t("common.copy")}</Button>
            <CopyMenu
              record={record}
              actions={actions}
              onOffset={() => copyOffset(detail.offset)}
            />
          </span>
          <Button
            className={styles["icon"] ?? ""}
            label={t("common.save")}
            title={t("common.save")}
            onClick={() => actions.save(record, part)}
          >
            <Download size={14} aria-hidden />
          </Button>
          <Button kind="primary" onClick={() => onReplay(record)}>
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
            {...(highlight === undefined ? {} : { highlight: highlight.highlight })}
            onLoadWhole={() => setWholeRow(row)}
            onSave={() => actions.save(record, part)}
          />
        )}
        <Details record={detail} topics={props.topics} why={record.why} />
      </Tabs>
    </>
  );
}

interface CopyMenuProps {
  record: RecordRow;
  actions: RecordActions;
  onOffset: () => void;
}

function CopyMenu({ record, actions, onOffset }: CopyMenuProps): ReactNode {
  const { t } = useText();
  const part = (id: MessageKey, of: RecordPart, form?: CopyForm): MenuItem => ({
    id,
    label: t(id),
    onSelect: () => actions.copy(record, of, form),
  });
  return (
    <Menu
      trigger={
        <Button label={t("record.copyMenu")}>
          <ChevronDown size={14} aria-hidden />
        </Button>
      }
      items={[
        part("record.copy.value", "value"),
        part("record.copy.key", "key"),
        part("record.copy.valueHex", "value", "hex"),
        part("record.copy.valueBase64", "value", "base64"),
        { id: "offset", label: t("record.copy.offset"), onSelect: onOffset },
        { id: "json", label: t("record.copy.json"), onSelect: () => actions.copyJson(record) },
      ]}
    />
  );
}

/** A record's size is that of its key, its value and its headers, and nothing else. */
function headersSize({ size, key, value }: RecordDetail): bigint {
  return BigInt(size) - BigInt(key.totalBytes) - BigInt(value.totalBytes);
}

interface DetailsProps {
  record: RecordDetail;
  topics: boolean;
  why: string | null;
}

function Details({ record, topics, why }: DetailsProps): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const sizeOf = (part: Rendered): string =>
    part.form === null ? t("common.null") : format.bytes(part.totalBytes);
  const facts = [
    ...(why === null
      ? []
      : [
          {
            name: t("record.undecided"),
            value: <TechnicalDetail>{printable(why)}</TechnicalDetail>,
          },
        ]),
    ...(topics ? [{ name: t("record.topic"), value: printable(record.topic) }] : []),
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
