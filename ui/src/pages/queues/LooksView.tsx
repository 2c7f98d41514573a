import type { ReactNode } from "react";

import { printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { AfterLastLook, Looks } from "@/platform/bindings";

import { pips, toneOf } from "./looks";
import styles from "./LooksView.module.css";
import { bold, strong } from "./rich";

/** How many looks are left, as dots. What they say stands in words beside them. */
export function Pips({ looks }: { looks: Looks }): ReactNode {
  const drawn = pips(looks);
  if (drawn === null) return null;
  return (
    <span className={styles["pips"]} data-tone={toneOf(looks)} aria-hidden>
      {"●".repeat(drawn.full)}
      <i>{"●".repeat(drawn.empty)}</i>
    </span>
  );
}

/** Looks of one message, in a cell. */
export function LooksCell({ looks }: { looks: Looks }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  switch (looks.looks) {
    case "unlimited":
      return <span title={t("queues.looks.unlimited")}>{t("queues.looks.cell.unlimited")}</span>;
    case "unknown":
      return (
        <span
          className={styles["muted"]}
          title={t("queues.looks.spent", { n: format.count(looks.spent), count: looks.spent })}
        >
          {t("queues.unknown")}
        </span>
      );
    case "left": {
      const left = format.count(looks.left);
      const limit = format.count(looks.limit);
      return (
        <span
          className={styles["cell"]}
          data-tone={toneOf(looks)}
          title={t("queues.looks.label", { left, limit, count: looks.left })}
        >
          {t("queues.looks.cell", { left, limit })}
        </span>
      );
    }
  }
}

/** The worst of what is held, and what follows its last look. */
export function WorstLooks(props: {
  looks: Looks;
  /** One message or several. */
  held: number;
  after: AfterLastLook;
}): ReactNode {
  const { rich, t } = useText();
  const format = useFormat();
  const { looks, after } = props;
  if (looks.looks === "unlimited") return <span>{t("queues.looks.unlimited")}</span>;
  if (looks.looks === "unknown") {
    return (
      <span>{t("queues.looks.spent", { n: format.count(looks.spent), count: looks.spent })}</span>
    );
  }
  return (
    <span>
      {rich(props.held === 1 ? "queues.looks.worstOne" : "queues.looks.worst", {
        left: format.count(looks.left),
        limit: format.count(looks.limit),
        count: looks.left,
        b: bold,
      })}
      {after.then !== "stays" && t("queues.looks.join")}
      {afterwards(after, t, rich)}
    </span>
  );
}

function afterwards(
  after: AfterLastLook,
  t: ReturnType<typeof useText>["t"],
  rich: ReturnType<typeof useText>["rich"],
): ReactNode {
  switch (after.then) {
    case "stays":
      return null;
    case "deleted":
      return rich("queues.looks.after.deleted", { b: strong });
    case "unknown":
      return t("queues.looks.after.unknown");
    case "dead_lettered": {
      const exchange = after.exchange === "" ? after.routingKey : after.exchange;
      return exchange === null || exchange === ""
        ? t("queues.looks.after.default")
        : t("queues.looks.after.exchange", { exchange: printable(exchange) });
    }
  }
}
