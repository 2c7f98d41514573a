//! The steps of a test as people read them, on the screen and in the copied report.

import type { MessageKey, Text } from "@/i18n";
import type { BrokerKind, ConnectionForm, Stage, Step } from "@/platform/bindings";

import { tlsVersion } from "./found";

export function stageKey(stage: Stage, broker: BrokerKind): MessageKey {
  return stage === "protocol"
    ? `connections.stage.protocol.${broker}`
    : `connections.stage.${stage}`;
}

/** A step by its name: what it tried, or what it found where that says it as shortly. */
export function stageName(step: Step, broker: BrokerKind, { t }: Text): string {
  const version = tlsVersion(step);
  if (version !== null) return t("connections.stage.tls.version", { version });
  return t(stageKey(step.stage, broker));
}

/** One event has one name everywhere: a refused login is called as its failure is. */
export function failedName(step: Step, broker: BrokerKind, text: Text): string {
  return namesItself(step)
    ? text.t("failure.authentication")
    : text.t("connections.test.step.failed", { stage: text.t(stageKey(step.stage, broker)) });
}

/** The step's name is its failure's name. */
export function namesItself({ stage, failure }: Step): boolean {
  return stage === "authentication" && failure?.code === "authentication";
}

/** Where a form points: what is reported, without the user and without anything secret. */
export function addressOf({ broker }: ConnectionForm): string {
  if (broker.kind === "kafka") return broker.bootstrapServers;
  const host = broker.host.includes(":") ? `[${broker.host}]` : broker.host;
  return `${host}:${broker.port} ${broker.vhost}`;
}

/** The step at which a test stopped, where it did. */
export function failedStep(steps: readonly Step[]): Step | undefined {
  return steps.find((step) => step.state === "failed");
}

export interface ReportWords {
  readonly head: string;
  readonly address: string;
  stage(step: Step): string;
  state(step: Step): string;
  took(millis: number): string;
  /** What was found, or why it failed; may be empty. */
  detail(step: Step): string;
}

/** The report as plain text: one line a step, what was found under it. */
export function reportOf(steps: readonly Step[], words: ReportWords): string {
  const lines = steps.flatMap((step) => {
    const took = step.tookMillis === null ? "" : ` (${words.took(step.tookMillis)})`;
    const line = `- ${words.stage(step)}: ${words.state(step)}${took}`;
    const detail = words.detail(step);
    return detail === "" ? [line] : [line, `  ${detail}`];
  });
  return [words.head, words.address, ...lines, ""].join("\n");
}
