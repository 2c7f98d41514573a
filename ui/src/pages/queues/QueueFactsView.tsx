import type { ReactNode } from "react";

import { Facts } from "@/components/Facts/Facts";
import { FailureList } from "@/components/FailureState/FailureState";
import { forPlural, printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { QueueFacts } from "@/platform/bindings";

import { DeadLetterFact } from "./deadLetter";
import styles from "./QueueFactsView.module.css";

/** Everything that is known about a queue, and what is not and why. */
export function QueueFactsView({ facts }: { facts: QueueFacts }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const unknown = <em>{t("queues.unknown")}</em>;
  // What the policy and the limit are is not known where any fact is missing.
  const absent = (word: string): ReactNode => (facts.missing.length > 0 ? unknown : word);
  return (
    <div className={styles["view"]}>
      <Facts
        label={t("queues.facts.title")}
        facts={[
          { name: t("queues.facts.type"), value: facts.kind ?? unknown },
          { name: t("queues.facts.vhost"), value: <code>{printable(facts.vhost)}</code> },
          {
            name: t("queues.facts.durable"),
            value:
              facts.durable === null
                ? unknown
                : t(facts.durable ? "queues.facts.durable.yes" : "queues.facts.durable.no"),
          },
          {
            name: t("queues.facts.deadLetter"),
            value: <DeadLetterFact deadLetter={facts.deadLetter} />,
          },
          ...(facts.deadLettersWaiting === null || facts.deadLettersWaiting === "0"
            ? []
            : [
                {
                  name: t("queues.facts.waiting"),
                  value: t("queues.facts.waiting.text", {
                    n: format.count(facts.deadLettersWaiting),
                    count: forPlural(facts.deadLettersWaiting),
                  }),
                },
              ]),
          {
            name: t("queues.facts.deliveryLimit"),
            value:
              facts.deliveryLimit.limit === "at"
                ? t("queues.facts.deliveryLimit.count", {
                    n: format.count(facts.deliveryLimit.count),
                    count: forPlural(facts.deliveryLimit.count),
                  })
                : facts.deliveryLimit.limit === "unknown"
                  ? unknown
                  : t("queues.facts.deliveryLimit.none"),
          },
          {
            name: t("queues.facts.access"),
            value: <Access facts={facts} />,
          },
          {
            name: t("queues.facts.state"),
            value: facts.state === null ? unknown : printable(facts.state),
          },
          {
            name: t("queues.facts.policy"),
            value:
              facts.policy === null
                ? unknown
                : facts.policy === ""
                  ? t("queues.facts.policy.none")
                  : printable(facts.policy),
          },
          {
            name: t("queues.facts.arguments"),
            value:
              facts.arguments.length === 0 ? (
                absent(t("queues.facts.arguments.none"))
              ) : (
                <Arguments facts={facts} />
              ),
          },
        ]}
      />
      {facts.missing.length > 0 && (
        <section aria-label={t("queues.facts.missing")}>
          <h2 className={styles["heading"]}>{t("queues.facts.missing")}</h2>
          <FailureList failures={facts.missing} />
        </section>
      )}
    </div>
  );
}

/** Who else may take messages. */
function Access({ facts }: { facts: QueueFacts }): ReactNode {
  const { t } = useText();
  const { exclusive, singleActiveConsumer } = facts;
  if (exclusive === true) return t("queues.facts.access.exclusive");
  if (singleActiveConsumer === true) return t("queues.facts.access.single");
  return exclusive === null || singleActiveConsumer === null ? (
    <em>{t("queues.unknown")}</em>
  ) : (
    t("queues.facts.access.any")
  );
}

function Arguments({ facts }: { facts: QueueFacts }): ReactNode {
  const { t } = useText();
  return (
    <ul className={styles["arguments"]}>
      {facts.arguments.map(({ name, value }) => (
        <li key={name}>
          <code>{printable(name)}</code>{" "}
          {value === "" ? <em>{t("common.empty")}</em> : <span>{printable(value)}</span>}
        </li>
      ))}
    </ul>
  );
}
