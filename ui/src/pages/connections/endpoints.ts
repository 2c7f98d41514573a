//! `host:port` lists as people type them.
//!
//! Rust parses them again and is the authority; this exists so that a mistake is named beside the
//! field before anything is sent. A name is not resolved and not judged beyond characters that can
//! never be in one.

export interface Endpoint {
  /** A name, an IPv4 or an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Why one entry of a list cannot be right. */
export type EndpointProblem =
  | "empty"
  | "scheme"
  | "missing_port"
  | "port"
  | "missing_host"
  | "host"
  | "brackets"
  | "duplicate";

export type Parsed =
  | { readonly ok: true; readonly endpoints: readonly Endpoint[] }
  | { readonly ok: false; readonly problem: EndpointProblem; readonly entry: string };

/** A list separated by commas, spaces or new lines; empty entries (a comma too many) are skipped. */
export function parseEndpoints(text: string): Parsed {
  const entries = text.split(/[\s,;]+/u).filter((entry) => entry !== "");
  if (entries.length === 0) {
    return { ok: false, problem: "empty", entry: "" };
  }
  const endpoints: Endpoint[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    const parsed = parseEndpoint(entry);
    if (typeof parsed === "string") {
      return { ok: false, problem: parsed, entry };
    }
    const shown = showEndpoint(parsed).toLowerCase();
    if (seen.has(shown)) {
      return { ok: false, problem: "duplicate", entry };
    }
    seen.add(shown);
    endpoints.push(parsed);
  }
  return { ok: true, endpoints };
}

/** The form that Rust and the field show: `host:port`, IPv6 in brackets. */
export function showEndpoint({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What is wrong with a host that stands alone, or null. */
export function hostProblem(host: string): EndpointProblem | null {
  if (host === "") {
    return "missing_host";
  }
  if (/^[a-z][a-z0-9+._-]*:\/\//iu.test(host)) {
    return "scheme";
  }
  if (host.includes(":")) {
    return looksLikeIpv6(host) ? null : "host";
  }
  return isName(host) ? null : "host";
}

/** A port from its text, or null. */
export function parsePort(text: string): number | null {
  if (!/^\d{1,5}$/u.test(text)) {
    return null;
  }
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : null;
}

function parseEndpoint(entry: string): Endpoint | EndpointProblem {
  if (/^[a-z][a-z0-9+._-]*:\/\//iu.test(entry)) {
    return "scheme";
  }
  if (entry.startsWith("[")) {
    const close = entry.indexOf("]");
    const host = entry.slice(1, close);
    if (close < 0 || !looksLikeIpv6(host)) {
      return "brackets";
    }
    return withPort(host, entry.slice(close + 1));
  }
  const colon = entry.indexOf(":");
  if (colon < 0) {
    return isName(entry) ? "missing_port" : "host";
  }
  if (entry.indexOf(":", colon + 1) >= 0) {
    return "brackets";
  }
  const host = entry.slice(0, colon);
  if (host === "") {
    return "missing_host";
  }
  return isName(host) ? withPort(host, entry.slice(colon)) : "host";
}

function withPort(host: string, rest: string): Endpoint | EndpointProblem {
  if (rest === "" || rest === ":") {
    return "missing_port";
  }
  const port = rest.startsWith(":") ? parsePort(rest.slice(1)) : null;
  return port === null ? "port" : { host, port };
}

/** Letters of any script: an internationalised name is resolved, not judged, here. */
function isName(host: string): boolean {
  return host.length <= 253 && /^[\p{L}\p{N}_]([\p{L}\p{N}._-]*[\p{L}\p{N}_.])?$/u.test(host);
}

function looksLikeIpv6(host: string): boolean {
  return /^[0-9a-f:.]+(%[\w.-]+)?$/iu.test(host) && host.split(":").length >= 3;
}
