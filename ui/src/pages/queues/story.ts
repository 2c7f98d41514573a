//! A step of a message's story as a sentence: which text, and what stands in it. The words are the
//! catalogue's; the facts are what Rust read in the headers, and nothing is guessed here.

import type { StoryStep } from "@/platform/bindings";
import type { MessageKey } from "@/i18n";

export type StoryTone = "plain" | "warn" | "bad" | "dead";

export interface Sentence {
  readonly key: MessageKey;
  /** Names, to be shown as data. An absent one is the queue that nobody recorded. */
  readonly names: Readonly<Partial<Record<"queue" | "exchange" | "keys" | "reason", string>>>;
  /** The words of the application. */
  readonly detail: string | null;
  /** A time to live in milliseconds. */
  readonly ttl: string | null;
  readonly tone: StoryTone;
}

/** The sentence of a step; `here` is the queue that is being inspected. */
export function sentenceOf(step: StoryStep, here: string): Sentence {
  const tone = toneOf(step);
  const queue = step.queue === null ? {} : { queue: step.queue };
  const plain = (key: MessageKey, names: Sentence["names"] = queue): Sentence => ({
    key,
    names,
    detail: null,
    ttl: null,
    tone,
  });
  switch (step.kind) {
    case "replayed":
      return step.reason === null
        ? plain("queues.story.replayed")
        : plain("queues.story.replayed.copy", { reason: step.reason });
    case "published":
      return published(step, plain);
    case "failed": {
      const detail = [step.cause, step.reason].filter((text) => text !== null).join(": ");
      return detail === ""
        ? plain("queues.story.failed")
        : { ...plain("queues.story.failed.detail"), detail };
    }
    case "expired":
      return step.expiration !== null && /^\d+$/u.test(step.expiration)
        ? { ...plain("queues.story.expired.after"), ttl: step.expiration }
        : plain("queues.story.expired");
    case "died":
      return step.reason === null
        ? plain("queues.story.died")
        : plain("queues.story.died.reason", { ...queue, reason: step.reason });
    case "dead_lettered":
      return deadLettered(step, here, plain);
    case "routed":
    case "rejected":
    case "max_length":
    case "delivery_limit":
    case "republished":
    case "returned":
    case "omitted":
    case "unreadable":
      return plain(`queues.story.${step.kind}`);
  }
}

type Plain = (key: MessageKey, names?: Sentence["names"]) => Sentence;

function published(step: StoryStep, plain: Plain): Sentence {
  const keys = step.routingKeys.join(", ");
  if (step.exchange === null) return plain("queues.story.published", {});
  if (step.exchange === "" && keys !== "") return plain("queues.story.published.default", { keys });
  const { exchange } = step;
  return keys === ""
    ? plain("queues.story.published.exchange", { exchange })
    : plain("queues.story.published.key", { exchange, keys });
}

/** The default exchange routes by queue name: naming it would say nothing. */
function deadLettered(step: StoryStep, here: string, plain: Plain): Sentence {
  const isHere = step.queue === here;
  const through = step.exchange === null || step.exchange === "" ? null : step.exchange;
  if (through === null) {
    return isHere
      ? plain("queues.story.dead_lettered.here", {})
      : plain("queues.story.dead_lettered");
  }
  return isHere
    ? plain("queues.story.dead_lettered.here.through", { exchange: through })
    : plain("queues.story.dead_lettered.through", {
        ...(step.queue === null ? {} : { queue: step.queue }),
        exchange: through,
      });
}

function toneOf({ kind }: StoryStep): StoryTone {
  switch (kind) {
    case "failed":
    case "rejected":
    case "unreadable":
      return "bad";
    case "expired":
    case "max_length":
      return "warn";
    case "delivery_limit":
    case "died":
    case "dead_lettered":
      return "dead";
    case "replayed":
    case "published":
    case "routed":
    case "republished":
    case "returned":
    case "omitted":
      return "plain";
  }
}
