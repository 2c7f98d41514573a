//! Messages of the fake's queues: what a dead-letter queue of the company looks like, with a body
//! that is not UTF-8, an empty one and a message whose looks are spent among them.

import type {
  AmqpHeader,
  Form,
  HeldDetail,
  HeldRow,
  Preview,
  Rendered,
  StoryStep,
} from "../bindings";
import type { FakeQueue } from "./queueWorld";

interface Message {
  readonly row: HeldRow;
  readonly detail: Omit<HeldDetail, "state">;
}

const EXCEPTIONS = [
  "NullPointerException: customer.address",
  "TimeoutException: payments.example did not answer in 30 s",
  "NullPointerException: customer.address",
  "SchemaMismatch: field amount is missing",
] as const;

const START = Date.UTC(2026, 10, 21, 14, 3, 41);

export function messageOf(id: number, number: number, from: FakeQueue): Message {
  const died = from.isDeadLetterQueue ? String(START + number * 1000) : null;
  const expired = number % 4 === 1;
  const reason = expired ? "expired" : "delivery_limit";
  const source = from.facts.name.replace(/\.dlq$/u, "");
  const body = bodyOf(number);
  const exception = EXCEPTIONS[number % EXCEPTIONS.length] ?? null;
  const looks: HeldRow["looks"] =
    from.facts.kind === null
      ? { looks: "unknown", spent: number % 4 }
      : from.limit === null
        ? { looks: "unlimited" }
        : {
            looks: "left",
            left: Math.max(0, from.limit - spentBy(number, from)),
            limit: from.limit,
          };
  const row: HeldRow = {
    id,
    state: "held",
    diedAt: died,
    reason: died === null ? null : reason,
    from: died === null ? null : source,
    exception: died === null ? null : exception,
    messageId: number % 9 === 5 ? null : `msg-${(0x3f1c + number).toString(16)}`,
    body: previewOf(body),
    size: String(new TextEncoder().encode(body).length),
    looks,
    lastLook: looks.looks === "left" && looks.left === 0,
  };
  return {
    row,
    detail: {
      id,
      looks,
      exchange: died === null ? "commands" : "",
      routingKey: died === null ? "task.create" : from.facts.name,
      redelivered: number % 4 !== 0,
      headersOmitted: 0,
      size: row.size,
      // The text stands for the bytes: `renderBody` makes the form asked for.
      body: {
        form: "text",
        text: body,
        shownBytes: row.size,
        totalBytes: row.size,
        fallback: null,
      },
      properties: [
        { name: "content_type", value: "application/json" },
        { name: "delivery_mode", value: "2" },
        ...(row.messageId === null ? [] : [{ name: "message_id", value: row.messageId }]),
        { name: "timestamp", value: "1795269802" },
        { name: "app_id", value: "kronos-orders" },
      ],
      headers: died === null ? plainHeaders(number) : deathHeaders(source, reason, exception),
      story:
        died === null ? published(null) : storyOf(source, reason, exception, died, from.facts.name),
    },
  };
}

/** How often a message was returned before. */
function spentBy(number: number, from: FakeQueue): number {
  return from.spent.get(number) ?? number % 4;
}

function bodyOf(number: number): string {
  if (number % 20 === 13) return "";
  if (number % 20 === 17) return "\uFFFD\u0001\u0002bin\uFFFD";
  return `{"task":"Nouvelle tâche","id":${7120 + number},"orderId":${9007199254740993n + BigInt(number)},"customer":"c-${48812 + number * 7}"}`;
}

function previewOf(body: string): Preview {
  if (body === "") return { kind: "empty", text: "", truncated: false };
  if (body.includes("\uFFFD"))
    return { kind: "binary", text: "ff 01 02 62 69 6e fe", truncated: false };
  return { kind: "json", text: body, truncated: false };
}

/** The bytes in the form asked for; more than 64 kB only where the whole is asked for. */
export function renderBody(body: string, form: Form, whole: boolean): Rendered {
  const bytes = new TextEncoder().encode(body);
  const shown = whole ? bytes : bytes.slice(0, 65_536);
  const sizes = { shownBytes: String(shown.length), totalBytes: String(bytes.length) };
  const binary = body.includes("\uFFFD");
  if (form === "hex" || binary) {
    const fallback = form === "hex" ? null : ({ why: "not_utf8", at: "0" } as const);
    return { form: "hex", text: hex(shown), ...sizes, fallback };
  }
  const text = new TextDecoder().decode(shown);
  if (form !== "text" && text.startsWith("{")) {
    // Numbers keep their digits: only white space is added, at the level of this flat example.
    const spread = text.replace(/^\{/u, "{\n  ").replace(/,"/gu, ',\n  "').replace(/\}$/u, "\n}");
    return { form: "json", text: spread.replace(/":/gu, '": '), ...sizes, fallback: null };
  }
  const fallback = form === "json" && text !== "" ? ({ why: "not_json", at: "0" } as const) : null;
  return { form: "text", text, ...sizes, fallback };
}

function hex(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = Array.from(bytes.slice(at, at + 16));
    const digits = row.map((byte) => byte.toString(16).padStart(2, "0"));
    const left = digits.slice(0, 8).join(" ").padEnd(23);
    const right = digits.slice(8).join(" ").padEnd(23);
    const ascii = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCodePoint(byte) : "."));
    lines.push(`${at.toString(16).padStart(8, "0")}  ${left}  ${right}  ${ascii.join("")}`);
  }
  return lines.join("\n");
}

function header(name: string, amqpType: string, value: string): AmqpHeader {
  return { name, amqpType, value, truncated: false };
}

function plainHeaders(number: number): AmqpHeader[] {
  return [header("x-correlation", "longstr", `req-${7120 + number}`)];
}

function deathHeaders(source: string, reason: string, exception: string | null): AmqpHeader[] {
  return [
    header("x-death[0].count", "signedlong", "1"),
    header("x-death[0].exchange", "longstr", "commands"),
    header("x-death[0].queue", "longstr", source),
    header("x-death[0].reason", "longstr", reason),
    header("x-death[0].routing-keys[0]", "longstr", "task.create"),
    header("x-death[0].time", "timestamp", "1795269821"),
    header("x-delivery-count", "signedlong", "3"),
    header("x-exception-message", "longstr", exception ?? ""),
    header("x-first-death-exchange", "longstr", "commands"),
  ];
}

const NOTHING: Omit<StoryStep, "kind"> = {
  queue: null,
  exchange: null,
  routingKeys: [],
  at: null,
  count: null,
  reason: null,
  cause: null,
  expiration: null,
  evidence: [],
  missing: [],
  unread: [],
};

function published(at: string | null): StoryStep[] {
  return [
    {
      ...NOTHING,
      kind: "published",
      exchange: "commands",
      routingKeys: ["task.create"],
      at,
      evidence: at === null ? ["exchange", "routing key"] : ["timestamp", "x-first-death-exchange"],
      missing: at === null ? ["at"] : [],
    },
  ];
}

function storyOf(
  source: string,
  reason: string,
  exception: string | null,
  died: string,
  here: string,
): StoryStep[] {
  const [cause = null, why = null] = exception?.split(": ") ?? [];
  const death = { ...NOTHING, queue: source, count: "1", at: died, evidence: ["x-death[0]"] };
  return [
    ...published(String(BigInt(died) - 19_000n)),
    { ...NOTHING, kind: "routed", queue: source, evidence: ["x-first-death-queue"] },
    {
      ...NOTHING,
      kind: "failed",
      cause,
      reason: why,
      evidence: ["x-exception-message"],
      missing: ["at", "count", "by"],
    },
    reason === "expired"
      ? { ...death, kind: "expired", reason, expiration: "60000" }
      : { ...death, kind: "delivery_limit", reason },
    {
      ...NOTHING,
      kind: "dead_lettered",
      queue: here,
      exchange: "",
      routingKeys: [here],
      evidence: ["exchange", "routing key"],
    },
  ];
}
