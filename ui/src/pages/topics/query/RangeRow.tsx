import type { ReactNode } from "react";

import { Checkbox } from "@/components/Checkbox/Checkbox";
import { Field } from "@/components/Field/Field";
import { Select } from "@/components/Select/Select";
import { TextInput } from "@/components/TextInput/TextInput";
import { useFormat, zoneName } from "@/format";
import { useText } from "@/i18n";
import { limits } from "@/platform/limits";
import { usePreferences } from "@/preferences";

import { isSearch, type Draft, type DraftError } from "./draft";
import styles from "./query.module.css";

const STARTS = ["newest", "oldest", "offset", "time", "last"] as const;
const ENDS = ["now", "offset", "time"] as const;

export interface RangeRowProps {
  /** Null while it is unknown. */
  partitions: number | null;
  draft: Draft;
  errors: ReadonlySet<DraftError>;
  onChange: (part: Partial<Draft>) => void;
}

/** Where to start, where to end, how much. */
export function RangeRow({ partitions, draft, errors, onChange }: RangeRowProps): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const { zone } = usePreferences();
  const searching = isSearch(draft);
  const error = (field: DraftError, text: string): string | undefined =>
    errors.has(field) ? text : undefined;
  const timeError = zone === "epoch" ? t("read.time.error.epoch") : t("read.time.error");
  const timeExample = zone === "epoch" ? "1795269802417" : "2026-11-21 14:03:22.417";
  const before = error("endBefore", t("query.end.before"));
  const most = format.count(searching ? limits.searchHits : limits.readRecords);
  return (
    <div className={styles["row"]}>
      <Field label={t("read.read")}>
        <Select
          value={draft.start}
          options={STARTS.map((value) => ({ value, label: t(`read.${value}`) }))}
          onChange={(start) => onChange({ start })}
        />
      </Field>
      {draft.start === "offset" && (
        <Field label={t("read.offset.label")} error={error("offset", t("read.offset.error"))}>
          <TextInput
            chars={20}
            inputMode="numeric"
            value={draft.offset}
            onChange={(event) => onChange({ offset: event.target.value })}
          />
        </Field>
      )}
      {draft.start === "time" && (
        <Field
          label={t("read.time.label", { zone: zoneName(zone) })}
          error={error("time", timeError)}
        >
          <TextInput
            chars={24}
            placeholder={timeExample}
            value={draft.time}
            onChange={(event) => onChange({ time: event.target.value })}
          />
        </Field>
      )}
      {draft.start === "last" && (
        <Field label={t("query.minutes")} error={error("minutes", t("query.minutes.error"))}>
          <TextInput
            chars={8}
            inputMode="numeric"
            value={draft.minutes}
            onChange={(event) => onChange({ minutes: event.target.value })}
          />
        </Field>
      )}
      {/* Always there, so that nothing moves when a read becomes a search. */}
      <Field label={t("query.end")}>
        <Select
          value={draft.end}
          options={ENDS.map((value) => ({ value, label: t(`query.end.${value}`) }))}
          disabled={!searching}
          reason={t("query.end.unused")}
          onChange={(end) => onChange({ end })}
        />
      </Field>
      {draft.end === "offset" && (
        <Field
          label={t("query.endOffset")}
          error={error("endOffset", t("read.offset.error")) ?? before}
        >
          <TextInput
            chars={20}
            inputMode="numeric"
            disabled={!searching}
            value={draft.endOffset}
            onChange={(event) => onChange({ endOffset: event.target.value })}
          />
        </Field>
      )}
      {draft.end === "time" && (
        <Field
          label={t("query.endTime", { zone: zoneName(zone) })}
          error={error("endTime", timeError) ?? before}
        >
          <TextInput
            chars={24}
            placeholder={timeExample}
            disabled={!searching}
            value={draft.endTime}
            onChange={(event) => onChange({ endTime: event.target.value })}
          />
        </Field>
      )}
      <Field
        label={t("read.partitions")}
        error={error(
          "partitions",
          partitions === null
            ? t("read.partitions.error.any")
            : t("read.partitions.error", { last: partitions - 1 }),
        )}
      >
        <TextInput
          chars={8}
          placeholder={t("read.partitions.all")}
          value={draft.partitions}
          onChange={(event) => onChange({ partitions: event.target.value })}
        />
      </Field>
      <Field
        className={styles["limit"] ?? ""}
        label={t(searching ? "query.hits" : "read.limit")}
        error={error("limit", t("read.limit.error", { most }))}
      >
        <TextInput
          chars={8}
          inputMode="numeric"
          value={searching ? draft.hits : draft.limit}
          onChange={(event) =>
            onChange(searching ? { hits: event.target.value } : { limit: event.target.value })
          }
        />
      </Field>
      <span className={styles["switch"]} title={t("read.committed.help")}>
        <Checkbox checked={draft.committed} onChange={(committed) => onChange({ committed })}>
          {t("read.committed")}
        </Checkbox>
      </span>
    </div>
  );
}
