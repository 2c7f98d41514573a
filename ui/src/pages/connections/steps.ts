//! The steps of a test as people read them, on the screen and in the copied report.

import type { MessageKey } from "@/i18n";
import type { BrokerKind, ConnectionForm, Stage, Step } from "@/platform/bindings";

export function stageKey(stage: Stage, broker: BrokerKind): MessageKey {
  return stage === "protocol"
    ? `connections.stage.protocol.${broker}`
    : `connections.stage.${stage}`;
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
  stage(stage: Stage): string;
  state(step: Step): string;
  took(millis: number): string;
}

/** The report as plain text: one line a step, what was found under it. */
export function reportOf(steps: readonly Step[], words: ReportWords): string {
  const lines = steps.flatMap((step) => {
    const took = step.tookMillis === null ? "" : ` (${words.took(step.tookMillis)})`;
    const line = `- ${words.stage(step.stage)}: ${words.state(step)}${took}`;
    return step.detail === "" ? [line] : [line, `  ${step.detail}`];
  });
  return [words.head, words.address, ...lines, ""].join("\n");
}
