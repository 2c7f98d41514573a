import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Dialog } from "@/components/Dialog/Dialog";
import { TechnicalDetail } from "@/components/FailureState/FailureState";
import { detailOf } from "@/components/FailureState/words";
import { forPlural, printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { PassedOver } from "@/platform/bindings";

import styles from "./search.module.css";
import { passedOver } from "./words";

/** Shown at once; a search that passes over more has one reason for all of them. */
const SHOWN = 200;

/** Records that could not be looked at at all: how many, and which, on demand. */
export function PassedOverList({ spans }: { spans: readonly PassedOver[] }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  if (spans.length === 0) return null;
  const count = passedOver(spans);
  const more = spans.length - SHOWN;
  const words = t("search.passedOver", { count: forPlural(count), shown: format.count(count) });
  return (
    <>
      <span className={styles["undecided"]} title={t("search.passedOver.help")}>
        <Button kind="link" onClick={() => setOpen(true)}>
          {words}
        </Button>
      </span>
      <Dialog
        open={isOpen}
        onClose={() => setOpen(false)}
        title={words}
        actions={<Button onClick={() => setOpen(false)}>{t("common.close")}</Button>}
      >
        <p>{t("search.passedOver.help")}</p>
        {/* Reached by the keyboard, because it scrolls. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <ul className={styles["spans"]} tabIndex={0} aria-label={words}>
          {spans.slice(0, SHOWN).map((span) => (
            <li key={`${span.partition} ${span.offset} ${span.topic}`}>
              <b className="selectable">
                {t(span.offset === span.last ? "search.passedOver.one" : "search.passedOver.span", {
                  topic: printable(span.topic),
                  partition: format.count(span.partition),
                  offset: format.count(span.offset),
                  last: format.count(span.last),
                })}
              </b>
              <span>
                {t(`failure.${span.failure.code}`)}{" "}
                <TechnicalDetail>{detailOf(span.failure)}</TechnicalDetail>
              </span>
            </li>
          ))}
        </ul>
        {more > 0 && (
          <p>{t("search.passedOver.more", { count: more, shown: format.count(more) })}</p>
        )}
      </Dialog>
    </>
  );
}
