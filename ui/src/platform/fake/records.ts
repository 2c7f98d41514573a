//! The topics of the company and what is in them. Every record is made from its place, so that a
//! topic of ten million needs no memory.

import type {
  CleanupPolicy,
  Copied,
  CopyForm,
  Form,
  HeaderRow,
  Preview,
  RecordDetail,
  RecordRow,
  Rendered,
  TopicTimestampType,
} from "../bindings";

export interface FakeTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly internal: boolean;
  readonly cleanupPolicy: CleanupPolicy;
  readonly timestampType: TopicTimestampType;
  readonly offline: number;
  readonly underReplicated: number;
  readonly retentionMillis: string;
  readonly retentionBytes: string;
  /** Null where it may not be read. */
  readonly offsets: bigint | null;
}

const WEEK = String(7 * 86_400_000);

function topic(
  name: string,
  partitions: number,
  offsets: bigint | null,
  rest: Partial<FakeTopic> = {},
): FakeTopic {
  return {
    name,
    partitions,
    replication: 3,
    internal: false,
    cleanupPolicy: "delete",
    timestampType: "create_time",
    offline: 0,
    underReplicated: 0,
    retentionMillis: WEEK,
    retentionBytes: "-1",
    offsets,
    ...rest,
  };
}

const services = ["billing", "cart", "catalogue", "invoices", "mail", "orders", "stock", "users"];

export const topics: readonly FakeTopic[] = [
  topic("__consumer_offsets", 50, 4_812_332n, { internal: true, cleanupPolicy: "compact" }),
  topic("audit", 6, 182_411n, { cleanupPolicy: "compact", retentionMillis: "-1" }),
  topic("logs", 12, 9_007_199_254_740_993n, { timestampType: "log_append_time" }),
  topic("orders.payment-failed", 12, 10_412_887n),
  topic("orders.payments.empty", 3, 0n),
  topic("payroll", 3, null),
  topic("stock.level.v2", 6, 48_812n, { offline: 1, underReplicated: 2 }),
  ...services.flatMap((service) =>
    ["created", "updated", "deleted", "exported", "imported"].map((verb, index) =>
      topic(`${service}.${verb}.v1`, 3 + index, BigInt(service.length * 7919 * (index + 3))),
    ),
  ),
].toSorted((a, b) => (a.name < b.name ? -1 : 1));

export interface FakeRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string | null])[];
}

/** A steady share of declined cards, and an afternoon on which nearly all were. */
function reasonAt(place: number): string {
  const isBurst = place > 2200 && place < 2900 && place % 7 !== 0;
  const reasons = ["card_declined", "insufficient_funds", "card_expired", "3ds_timeout"] as const;
  return isBurst ? "card_declined" : (reasons[(place * 7 + (place >> 4)) % 4] ?? "unknown");
}

/** Newest is place 0. */
export function recordAt(source: FakeTopic, place: number): FakeRecord {
  const partition = (place * 5 + 7) % source.partitions;
  const offset = 891_204n + BigInt(source.partitions * 40) - BigInt(place);
  const timestamp = Date.UTC(2026, 10, 21, 13, 3, 22, 417) - place * 1131;
  const base = { partition, offset, timestamp };
  const customer = 48_812 + place * 7;
  if (source.name === "logs") {
    const value = `${place % 3 === 0 ? "INFO" : "WARN"} Nouvelle entrée de log n° ${place}`;
    return { ...base, key: null, value, headers: [] };
  }
  if (source.name === "audit") {
    const values = [
      `{"user":"u-${place}","action":"login"}`,
      null,
      "",
      "null",
      "Échec \u202e côté client",
      "\u0000\u0001 octets de contrôle",
    ];
    return {
      ...base,
      key: `u-${place}`,
      value: values[place % values.length] ?? null,
      headers: [],
    };
  }
  return {
    ...base,
    key: `c-${customer}`,
    value: `{"orderId":${9_007_199_254_740_993n + BigInt(place)},"customer":"c-${customer}","amount":129.90,"currency":"EUR","reason":"${reasonAt(place)}","attempt":3,"note":"Échec du paiement"}`,
    headers: [
      ["traceparent", "00-7fa1c0d2"],
      ["retry", "1"],
      ["retry", "2"],
      ["signature", "\u0000\u0001\u0002"],
      ["origin", null],
    ],
  };
}

const encoder = new TextEncoder();
const sizeOf = (text: string | null): number => (text === null ? 0 : encoder.encode(text).length);

/** As Rust counts: key, value, and names and values of headers. */
export function recordSize({ key, value, headers }: FakeRecord): number {
  return headers.reduce(
    (sum, [name, header]) => sum + sizeOf(name) + sizeOf(header),
    sizeOf(key) + sizeOf(value),
  );
}

function symbols(text: string): string {
  return text
    .replaceAll("\u202e", "‹U+202E›")
    .replaceAll("\u0000", "␀")
    .replaceAll("\u0001", "␁")
    .replaceAll("\u0002", "␂");
}

function preview(text: string | null): Preview {
  if (text === null) return { kind: "null", text: "", truncated: false };
  if (text === "") return { kind: "empty", text: "", truncated: false };
  const kind = text.startsWith("{") ? "json" : "text";
  return { kind, text: symbols(text).slice(0, 300), truncated: text.length > 300 };
}

export function hexOf(text: string): string {
  const bytes = encoder.encode(text);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = Array.from(bytes.slice(at, at + 16));
    const hex = part.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const shown = part.map((b) => (b > 31 && b < 127 ? String.fromCodePoint(b) : "·")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${hex.padEnd(47)}  ${shown}`);
  }
  return lines.join("\n");
}

export function rendered(text: string | null, form: Form): Rendered {
  const bytes = String(sizeOf(text));
  const base = { shownBytes: bytes, totalBytes: bytes, fallback: null };
  if (text === null) return { ...base, form: null, text: "" };
  if (form === "hex") return { ...base, form: "hex", text: hexOf(text) };
  const json = text.startsWith("{");
  if (form === "text" || (form === "auto" && !json))
    return { ...base, form: "text", text: symbols(text) };
  if (!json)
    return { ...base, form: "text", text: symbols(text), fallback: { why: "not_json", at: "0" } };
  // As Rust does it: laid out without ever turning a number into a float.
  const lines = text.slice(1, -1).split(/,(?=")/);
  const laidOut = lines.map((line) => `  ${line.replace(/^("[^"]*"):/, "$1: ")}`).join(",\n");
  return { ...base, form: "json", text: `{\n${laidOut}\n}` };
}

export function rowOf(
  source: FakeTopic,
  place: number,
  row: number,
  why: string | null,
): RecordRow {
  const record = recordAt(source, place);
  return {
    topic: null,
    row,
    partition: record.partition,
    offset: String(record.offset),
    timestamp: String(record.timestamp),
    timestampType: "CreateTime",
    key: preview(record.key),
    value: preview(record.value),
    size: String(recordSize(record)),
    headers: record.headers.length,
    why,
  };
}

export function detailOf(source: FakeTopic, place: number, form: Form): RecordDetail {
  const record = recordAt(source, place);
  const headers: HeaderRow[] = record.headers.map(([name, value]) => ({
    name,
    nameTruncated: false,
    value: rendered(value, "auto"),
  }));
  return {
    topic: source.name,
    partition: record.partition,
    offset: String(record.offset),
    timestamp: String(record.timestamp),
    timestampType: "CreateTime",
    size: String(recordSize(record)),
    key: rendered(record.key, form),
    value: rendered(record.value, form),
    headersUnreadable: false,
    headersOmitted: 0,
    headers,
  };
}

/** As Rust copies: the bytes themselves, or a form that was asked for. */
export function copiedOf(text: string | null, form: CopyForm): Copied {
  if (text === null) return { copied: "null" };
  if (text === "") return { copied: "empty" };
  const bytes = Array.from(encoder.encode(text));
  if (form === "hex")
    return {
      copied: "text",
      text: bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    };
  if (form === "base64") return { copied: "text", text: btoa(String.fromCodePoint(...bytes)) };
  const nul = bytes.indexOf(0);
  return nul === -1
    ? { copied: "text", text }
    : { copied: "not_text", why: "holds_nul", at: String(nul) };
}
