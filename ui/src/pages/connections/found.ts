//! What a step of the test found, in words. Rust sends it as data; only what a failure says is
//! English in every language.

import type { MessageKey, Text, Values } from "@/i18n";
import { printable } from "@/format";
import type { Found, Step } from "@/platform/bindings";
import { detailOf } from "@/components/FailureState/words";

/** The version of TLS stands in the step's name and not among what was found. */
export function tlsVersion({ found }: Step): string | null {
  return found.find((one) => one.found === "tls")?.version ?? null;
}

/** What was found, or why it failed; nothing where the step was not reached. */
export function detailOfStep(step: Step, text: Text): string {
  if (step.failure !== null) return detailOf(step.failure);
  return foundIn(step, text);
}

export function foundIn(step: Step, { t }: Text): string {
  return step.found
    .map((found) => wordsOf(found))
    .filter((words) => words !== null)
    .map((words) => (typeof words === "string" ? words : t(...words)))
    .map(printable)
    .join(t("connections.found.and"));
}

function wordsOf(found: Found): string | readonly [MessageKey, Values?] | null {
  switch (found.found) {
    case "tls":
      return null;
    case "connected":
      return found.address;
    case "addresses": {
      const { count, first } = found;
      const shown = first.length < count ? [...first, "…"] : first;
      return ["connections.found.addresses", { count, addresses: shown.join(", ") }];
    }
    case "not_connected":
      return [`connections.found.not_connected.${found.why}`, { address: found.address }];
    case "certificate":
      return [
        "connections.found.certificate",
        {
          names: found.names.join(", "),
          issuer: found.issuer,
          until: found.until ?? "none",
          soon: String(found.soon),
        },
      ];
    case "amqp": {
      const { product, version, mechanisms } = found;
      const broker = [product ?? "AMQP", version].filter((part) => part !== null).join(" ");
      if (mechanisms.length === 0) return broker;
      return ["connections.found.amqp", { broker, mechanisms: mechanisms.join(", ") }];
    }
    case "user":
      return found.mechanism === null
        ? ["connections.found.user", { user: found.user }]
        : ["connections.found.user.mechanism", { user: found.user, mechanism: found.mechanism }];
    case "management":
      return found.tags.length === 0
        ? ["connections.found.user", { user: found.user }]
        : ["connections.found.management", { user: found.user, tags: found.tags.join(", ") }];
    case "some_answer": {
      const { answering, all, objection } = found;
      return ["connections.found.some_answer", { answering, all, objection }];
    }
    case "client_accepts":
      return ["connections.found.client_accepts", { objection: found.objection }];
    case "brokers":
      return ["connections.found.brokers", { count: found.count }];
    case "virtual_host":
      return ["connections.found.virtual_host", { vhost: found.vhost }];
    case "address_already":
    case "name_unchecked":
    case "kafka":
    case "anonymous":
    case "client_certificate":
    case "client_got_through":
      return [`connections.found.${found.found}`];
  }
}
