import { lazy, Suspense, type ReactNode } from "react";

import { useFormat } from "@/format";
import { useText } from "@/i18n";
import type { Form, Rendered } from "@/platform/bindings";

import { Badge } from "../Badge/Badge";
import { Button } from "../Button/Button";
import { Segmented } from "../Segmented/Segmented";
import { Skeleton } from "../Skeleton/Skeleton";
import type { Highlight } from "./highlight";
import styles from "./ValueView.module.css";

/** The editor is the largest part of the page, and no list needs it. */
const CodeView = lazy(async () => ({ default: (await import("./CodeView")).CodeView }));

export interface ValueViewProps {
  /** What is shown, for screen readers. */
  label: string;
  rendered: Rendered;
  /** The form that was asked for, and how to ask for another; without it there is no switch. */
  form?: Form;
  /** The forms to choose from; all of them where it is absent. */
  forms?: readonly Form[];
  onForm?: (form: Form) => void;
  /** Lifts the limit on what is shown; offered where not everything is. */
  onLoadWhole?: () => void;
  /** Offered where not everything is shown. */
  onSave?: () => void;
  /** What is marked in what is shown. */
  highlight?: Highlight;
}

const FORMS: readonly Form[] = ["auto", "text", "json", "hex"];

/** Bytes as text, rendered in Rust: nothing here parses a payload. */
export function ValueView(props: ValueViewProps): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const { rendered, form, onForm } = props;
  if (rendered.form === null) return <Nothing badge={t("common.null")} text={t("value.null")} />;
  if (rendered.totalBytes === "0")
    return <Nothing badge={t("common.empty")} text={t("value.empty")} />;
  const { fallback } = rendered;
  const cut = rendered.shownBytes !== rendered.totalBytes;
  return (
    <div className={styles["view"]}>
      {form !== undefined && onForm !== undefined && (
        <div className={styles["bar"]}>
          <Segmented
            label={t("value.form")}
            value={form}
            options={(props.forms ?? FORMS).map((value) => ({
              value,
              label: t(`value.form.${value}`),
            }))}
            onChange={onForm}
          />
          {rendered.form !== "hex" && rendered.text === "null" && (
            <Badge kind="state" title={t("common.nullText.help")}>
              {t("common.nullText")}
            </Badge>
          )}
        </div>
      )}
      {fallback !== null && (
        <p className={styles["note"]}>
          {t(`value.fallback.${fallback.why}`, { at: format.count(fallback.at) })}
        </p>
      )}
      {cut && (
        <p className={styles["note"]}>
          {t("value.shownOf", {
            shown: format.bytes(rendered.shownBytes),
            total: format.bytes(rendered.totalBytes),
          })}{" "}
          {props.onLoadWhole !== undefined && (
            <Button kind="link" onClick={props.onLoadWhole}>
              {t("value.loadAnyway")}
            </Button>
          )}{" "}
          {props.onSave !== undefined && (
            <Button kind="link" onClick={props.onSave}>
              {t("common.save")}
            </Button>
          )}
        </p>
      )}
      <Suspense fallback={<Skeleton rows={6} />}>
        <CodeView
          label={props.label}
          text={rendered.text}
          form={rendered.form}
          highlight={props.highlight ?? null}
        />
      </Suspense>
    </div>
  );
}

function Nothing({ badge, text }: { badge: string; text: string }): ReactNode {
  return (
    <div className={styles["nothing"]}>
      <Badge kind="state">{badge}</Badge> {text}
    </div>
  );
}
