import type { ReactNode } from "react";

import { Badge } from "@/components/Badge/Badge";
import { useText } from "@/i18n";
import type { Preview } from "@/platform/bindings";

/** A value in a row. Null, empty and the text "null" are three things. */
export function PreviewCell(props: { preview: Preview; tombstone?: boolean }): ReactNode {
  const { t } = useText();
  const { preview } = props;
  switch (preview.kind) {
    case "null":
      return props.tombstone === true ? (
        <Badge kind="state" title={t("common.tombstone.help")}>
          {t("common.tombstone")}
        </Badge>
      ) : (
        <Badge kind="state">{t("common.null")}</Badge>
      );
    case "empty":
      return <Badge kind="state">{t("common.empty")}</Badge>;
    case "binary":
      return (
        <>
          <Badge kind="state">{t("common.binary")}</Badge>{" "}
          <span title={preview.text}>{preview.text}</span>
        </>
      );
    case "text":
    case "json":
      return preview.text === "null" && !preview.truncated ? (
        <>
          null{" "}
          <Badge kind="state" title={t("common.nullText.help")}>
            {t("common.nullText")}
          </Badge>
        </>
      ) : (
        <span title={preview.text}>{preview.text + (preview.truncated ? "…" : "")}</span>
      );
  }
}
