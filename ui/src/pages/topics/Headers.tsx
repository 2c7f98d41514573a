import type { ReactNode } from "react";

import { Badge } from "@/components/Badge/Badge";
import { forPlural, printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { HeaderRow, Rendered } from "@/platform/bindings";

import styles from "./topic.module.css";

export interface HeadersProps {
  headers: readonly HeaderRow[];
  /** How many more there are. */
  omitted: number;
  /** There are some, and they cannot be told. */
  unreadable: boolean;
}

/** Headers in their order, equal names and all. */
export function Headers({ headers, omitted, unreadable }: HeadersProps): ReactNode {
  const { t } = useText();
  const format = useFormat();
  if (unreadable)
    return (
      <p className={styles["empty"]} role="alert">
        {t("record.headersUnreadable")}
      </p>
    );
  if (headers.length === 0) return <p className={styles["empty"]}>{t("record.noHeaders")}</p>;
  return (
    <div className={styles["headers"]}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("record.header.name")}</th>
            <th scope="col">{t("record.value")}</th>
          </tr>
        </thead>
        <tbody>
          {headers.map((header, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- the place is what tells equal names apart
            <tr key={index}>
              <td className="selectable">
                {header.name === "" ? t("record.header.emptyName") : printable(header.name)}
                {header.nameTruncated && "…"}
              </td>
              <td className="selectable">
                <HeaderValue value={header.value} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {omitted > 0 && (
        <p className={styles["empty"]}>
          {t("record.headersOmitted", { count: forPlural(omitted), shown: format.count(omitted) })}
        </p>
      )}
    </div>
  );
}

function HeaderValue({ value }: { value: Rendered }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  if (value.form === null) return <Badge kind="state">{t("common.null")}</Badge>;
  if (value.totalBytes === "0") return <Badge kind="state">{t("common.empty")}</Badge>;
  const cut = value.shownBytes !== value.totalBytes;
  return (
    <>
      {value.form === "hex" && <Badge kind="state">{t("common.binary")}</Badge>}
      {value.form !== "hex" && value.text === "null" && (
        <Badge kind="state" title={t("common.nullText.help")}>
          {t("common.nullText")}
        </Badge>
      )}
      <pre>{value.text}</pre>
      {cut && (
        <span className={styles["muted"]}>
          {t("value.shownOf", {
            shown: format.bytes(value.shownBytes),
            total: format.bytes(value.totalBytes),
          })}
        </span>
      )}
    </>
  );
}
