//! What a preview says, in words. Rust names kinds; the sentences are here.

import { forPlural, printable, type Format } from "@/format";
import type { MessageKey, Text } from "@/i18n";
import { failureText } from "@/components/FailureState/words";
import type {
  CheckState,
  Place,
  ReplayChange,
  ReplayCheck,
  ReplayPreview,
  ReplayRefusal,
  ReplaySource,
  ReplayWarning,
  RouteUnknown,
} from "@/platform/bindings";

/** A topic holds records, a queue messages. */
export type Kind = "records" | "messages";

export function kindOf(source: ReplaySource): Kind {
  return source.from === "records" ? "records" : "messages";
}

export type Tone = CheckState | "warning";

export interface Line {
  readonly tone: Tone;
  readonly text: string;
}

/** Why it is not known before where messages go. */
export function unknownText(text: Text, format: Format, unknown: RouteUnknown): string {
  const { t } = text;
  switch (unknown.why) {
    case "many_exchanges":
      return t("replay.unknown.many_exchanges", { most: format.count(unknown.most) });
    case "more_than_key":
      return t("replay.unknown.more_than_key", {
        exchange: printable(unknown.exchange),
        kind: printable(unknown.kind),
      });
    case "policy_unreadable":
      return t("replay.unknown.policy_unreadable", {
        exchange: printable(unknown.exchange),
        policy: printable(unknown.policy),
      });
    case "not_told":
      return failureText(text, unknown.failure);
    case "many_keys":
      return t("replay.unknown.many_keys");
  }
}

export function warningText(text: Text, format: Format, warning: ReplayWarning): string {
  const { t } = text;
  const counted = (messages: number) => ({
    count: forPlural(messages),
    shown: format.count(messages),
  });
  switch (warning.warning) {
    case "production_target":
    case "production_source":
    case "broker_sets_time":
      return t(`replay.warning.${warning.warning}`);
    case "into_itself":
      return t("replay.warning.into_itself", { topic: printable(warning.topic) });
    case "back_into_queue":
      return t("replay.warning.back_into_queue", {
        ...counted(warning.messages),
        queue: printable(warning.queue),
      });
    case "several_queues":
      return t("replay.warning.several_queues", {
        key: printable(warning.routingKey),
        shown: format.count(warning.queues.length),
        queues: warning.queues.map(printable).join(", "),
      });
    case "route_unknown":
      return t("replay.warning.route_unknown", {
        ...counted(warning.messages),
        reason: unknownText(text, format, warning.reason),
      });
    case "replayed_before":
      return t("replay.warning.replayed_before", {
        ...counted(warning.messages),
        most: format.count(warning.most),
      });
    case "expires":
      return t("replay.warning.expires", {
        ...counted(warning.messages),
        time: format.millis(warning.shortestMillis),
      });
    case "older_than_retention":
    case "compacted_needs_key":
      return t(`replay.warning.${warning.warning}`, counted(warning.messages));
  }
}

/** What was checked; what could not be, says so, and why where that can be told. */
function checkText(text: Text, place: Place, { kind, state, failure }: ReplayCheck): string {
  const { t } = text;
  const key = `replay.check.${state === "unknown" ? "unknown." : ""}${kind}` as const;
  const ofTopic: Readonly<Partial<Record<typeof key, MessageKey>>> = {
    "replay.check.routed": "replay.check.routed.topic",
    "replay.check.unknown.routed": "replay.check.unknown.routed.topic",
    "replay.check.unknown.size": "replay.check.unknown.size.topic",
  };
  const check = t(place.kind === "topic" ? (ofTopic[key] ?? key) : key);
  return failure === null
    ? check
    : t("replay.check.failure", { check, why: failureText(text, failure) });
}

/** Checks and warnings, in that order. */
export function linesOf(text: Text, format: Format, preview: ReplayPreview): readonly Line[] {
  return [
    ...preview.checks.map((check) => ({
      tone: check.state,
      text: checkText(text, preview.place, check),
    })),
    ...preview.warnings.map((warning) => ({
      tone: "warning" as const,
      text: warningText(text, format, warning),
    })),
  ];
}

/** `3: larger than the target accepts`, and what was said of it where something was. */
export function refusalText(
  text: Text,
  format: Format,
  { why, messages, failure }: ReplayRefusal,
): string {
  const { t } = text;
  const left = t("replay.leftOut.why", {
    shown: format.count(messages),
    why: t(`replay.refusal.${why}`),
  });
  return failure === null
    ? left
    : t("replay.leftOut.because", { left, why: failureText(text, failure) });
}

/** `The key becomes the header kafka.key (3 records)`, with the headers it is about. */
export function changeText(
  { t }: Text,
  format: Format,
  change: ReplayChange,
  all: number,
  kind: Kind,
): string {
  const named = change.headers.map(printable).join(", ");
  const plain = t(`replay.change.${change.kind}`);
  const full = named === "" ? plain : t("replay.change.named", { change: plain, headers: named });
  if (change.messages === all) return full;
  const some = t(`replay.ofMessages.${kind}`, {
    count: forPlural(change.messages),
    shown: format.count(change.messages),
  });
  return t("replay.change.some", { change: full, some });
}

/** Why looking back is not enough and the count is typed; null where it is enough. */
export function whyCount(preview: ReplayPreview): MessageKey | null {
  // A copy cannot be called back, and a removal cannot be undone.
  if (preview.target.environment === "production") return "replay.warning.production_target";
  if (preview.removeAtSource) return "replay.remove.final";
  return preview.sendable > 100 ? "replay.typeCount.many" : null;
}

export function needsCount(preview: ReplayPreview): boolean {
  return whyCount(preview) !== null;
}
