import type { ReactNode } from "react";

import { useText } from "@/i18n";
import type { AfterLastLook, DeadLetter } from "@/platform/bindings";

import { Name, strong } from "./rich";

/** What dead-lettering means for a queue, as a fact. */
export function DeadLetterFact({ deadLetter }: { deadLetter: DeadLetter }): ReactNode {
  const { t, rich } = useText();
  switch (deadLetter.to) {
    case "deleted":
      return rich("queues.facts.deadLetter.deleted", { b: strong });
    case "unknown":
      return t("queues.unknown");
    case "exchange": {
      const { exchange, routingKey } = deadLetter;
      if (exchange === "") {
        return routingKey === null
          ? t("queues.facts.deadLetter.default")
          : rich("queues.facts.deadLetter.queue", { key: <Name>{routingKey}</Name> });
      }
      const name = <Name>{exchange}</Name>;
      return routingKey === null
        ? rich("queues.facts.deadLetter.exchange", { exchange: name })
        : rich("queues.facts.deadLetter.exchangeKey", {
            exchange: name,
            key: <Name>{routingKey}</Name>,
          });
    }
  }
}

/** What happens to a message after its last look, where it has one. */
export function AfterLastLookFact({
  after,
}: {
  after: Exclude<AfterLastLook, { then: "stays" }>;
}): ReactNode {
  const { t, rich } = useText();
  switch (after.then) {
    case "deleted":
      return rich("queues.hold.after.deleted", { b: strong });
    case "unknown":
      return t("queues.hold.after.unknown");
    case "dead_lettered": {
      const { exchange, routingKey } = after;
      if (exchange !== "") {
        return rich("queues.hold.after.exchange", { exchange: <Name>{exchange}</Name> });
      }
      return routingKey === null
        ? t("queues.hold.after.default")
        : rich("queues.hold.after.queue", { key: <Name>{routingKey}</Name> });
    }
  }
}
