import type { ReactNode } from "react";

import { forPlural, printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { StoryStep } from "@/platform/bindings";

import { bold, Name } from "./rich";
import { sentenceOf } from "./story";
import styles from "./StoryList.module.css";

/** What happened to a message, oldest first, each step with what proves it. */
export function StoryList({
  story,
  queue,
}: {
  story: readonly StoryStep[];
  queue: string;
}): ReactNode {
  const { t } = useText();
  if (story.length === 0) return <p className={styles["empty"]}>{t("queues.story.empty")}</p>;
  return (
    <ol className={styles["story"]} aria-label={t("queues.story.label")}>
      {story.map((step, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a story is told once and never reorders
        <li key={index} data-tone={sentenceOf(step, queue).tone} className="selectable">
          <Sentence step={step} queue={queue} />
          <Evidence step={step} />
        </li>
      ))}
    </ol>
  );
}

function Sentence({ step, queue }: { step: StoryStep; queue: string }): ReactNode {
  const { t, rich } = useText();
  const format = useFormat();
  const { key, names, detail, ttl } = sentenceOf(step, queue);
  return rich(key, {
    queue: names.queue === undefined ? t("queues.story.somewhere") : <Name>{names.queue}</Name>,
    exchange:
      names.exchange === undefined || names.exchange === "" ? (
        t("queues.story.defaultExchange")
      ) : (
        <Name>{names.exchange}</Name>
      ),
    keys: <Name>{names.keys ?? ""}</Name>,
    reason: <Name>{names.reason ?? ""}</Name>,
    detail: detail === null ? "" : printable(detail),
    time: ttl === null ? "" : format.millis(ttl),
    n: step.count === null ? "" : format.count(step.count),
    count: step.count === null ? 0 : forPlural(step.count),
    b: bold,
  });
}

/** When, how often, which header says so, and what nobody recorded. */
function Evidence({ step }: { step: StoryStep }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const often = step.count !== null && step.kind !== "omitted" && BigInt(step.count) > 1n;
  const at = step.at === null ? null : format.time(step.at).replace(/\.000$/u, "");
  const parts = [
    ...(at === null ? [] : [often ? t("queues.story.firstTime", { at }) : at]),
    ...(often && step.count !== null
      ? [t("queues.story.times", { n: format.count(step.count), count: forPlural(step.count) })]
      : []),
    ...(step.evidence.length > 0 ? [step.evidence.map(printable).join(", ")] : []),
    ...(step.unread.length > 0
      ? [t("queues.story.unread", { places: step.unread.map(printable).join(", ") })]
      : []),
    ...(step.missing.length > 0
      ? [
          t("queues.story.notRecorded", {
            what: step.missing.map((what) => t(`queues.story.missing.${what}`)).join(", "),
          }),
        ]
      : []),
  ];
  return parts.length === 0 ? null : (
    <span className={styles["evidence"]}>{parts.join(" · ")}</span>
  );
}
