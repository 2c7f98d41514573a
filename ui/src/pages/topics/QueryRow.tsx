import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Checkbox } from "@/components/Checkbox/Checkbox";
import { Field } from "@/components/Field/Field";
import { Select } from "@/components/Select/Select";
import { TextInput } from "@/components/TextInput/TextInput";
import { useFormat, zoneName } from "@/format";
import { useText } from "@/i18n";
import type { ReadRequest } from "@/platform/bindings";
import { limits } from "@/platform/limits";
import { usePreferences } from "@/preferences";

import { NEWEST, parseDraft, type Draft, type DraftError } from "./request";
import styles from "./topic.module.css";

const STARTS = ["newest", "oldest", "offset", "time"] as const;

export interface QueryRowProps {
  topic: string;
  /** Null while it is unknown. */
  partitions: number | null;
  onRead: (request: ReadRequest) => void;
}

/** Where to start, how much to read. */
export function QueryRow({ topic, partitions, onRead }: QueryRowProps): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const { zone } = usePreferences();
  const [draft, setDraft] = useState<Draft>(NEWEST);
  const [errors, setErrors] = useState<ReadonlySet<DraftError>>(new Set());
  const change = (part: Partial<Draft>): void => {
    setDraft({ ...draft, ...part });
    setErrors(new Set());
  };
  const error = (field: DraftError, text: string): string | undefined =>
    errors.has(field) ? text : undefined;

  return (
    <form
      className={styles["query"]}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const parsed = parseDraft(draft, {
          topic,
          partitions,
          zone,
          all: t("read.partitions.all"),
        });
        if (parsed.errors === null) onRead(parsed.request);
        else setErrors(parsed.errors);
      }}
    >
      <Field label={t("read.read")}>
        <Select
          value={draft.start}
          options={STARTS.map((value) => ({ value, label: t(`read.${value}`) }))}
          onChange={(start) => change({ start })}
        />
      </Field>
      {draft.start === "offset" && (
        <Field label={t("read.offset.label")} error={error("offset", t("read.offset.error"))}>
          <TextInput
            chars={20}
            inputMode="numeric"
            value={draft.offset}
            onChange={(event) => change({ offset: event.target.value })}
          />
        </Field>
      )}
      {draft.start === "time" && (
        <Field
          label={t("read.time.label", { zone: zoneName(zone) })}
          error={error(
            "time",
            zone === "epoch" ? t("read.time.error.epoch") : t("read.time.error"),
          )}
        >
          <TextInput
            chars={24}
            placeholder={zone === "epoch" ? "1795269802417" : "2026-11-21 14:03:22.417"}
            value={draft.time}
            onChange={(event) => change({ time: event.target.value })}
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
          onChange={(event) => change({ partitions: event.target.value })}
        />
      </Field>
      <Field
        label={t("read.limit")}
        error={error("limit", t("read.limit.error", { most: format.count(limits.readRecords) }))}
      >
        <TextInput
          chars={8}
          inputMode="numeric"
          value={draft.limit}
          onChange={(event) => change({ limit: event.target.value })}
        />
      </Field>
      <span className={styles["switch"]} title={t("read.committed.help")}>
        <Checkbox checked={draft.committed} onChange={(committed) => change({ committed })}>
          {t("read.committed")}
        </Checkbox>
      </span>
      <Button kind="primary" type="submit" className={styles["go"]}>
        {t("read.read")}
      </Button>
    </form>
  );
}
