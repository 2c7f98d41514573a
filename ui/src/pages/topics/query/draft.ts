//! What the person wants to read or to find, from text fields to a request.

import { parseCount, parseTime } from "@/format";
import type {
  ReadRequest,
  ReadStart,
  SearchCondition,
  SearchFrom,
  SearchPlace,
  SearchRequest,
  SearchTo,
} from "@/platform/bindings";
import { limits } from "@/platform/limits";
import type { Zone } from "@/preferences";

/** `last` is a time, counted back from the moment of asking. */
export type StartKind = ReadStart["at"] | "last";
export type EndKind = SearchTo["at"];
export type Mode = SearchCondition["by"];

/** The query as typed. */
export interface Draft {
  readonly start: StartKind;
  readonly offset: string;
  readonly time: string;
  readonly minutes: string;
  readonly end: EndKind;
  readonly endOffset: string;
  readonly endTime: string;
  readonly partitions: string;
  /** Records of a read. */
  readonly limit: string;
  /** Hits of a search. */
  readonly hits: string;
  readonly committed: boolean;
  readonly mode: Mode;
  /** Nothing here is a read, anything a search. */
  readonly text: string;
  readonly caseSensitive: boolean;
  readonly wholeWord: boolean;
  /** At least one. */
  readonly places: readonly SearchPlace[];
}

export const NEWEST: Draft = {
  start: "newest",
  offset: "",
  time: "",
  minutes: "15",
  end: "now",
  endOffset: "",
  endTime: "",
  partitions: "",
  limit: "500",
  hits: "10000",
  committed: true,
  mode: "text",
  text: "",
  caseSensitive: false,
  wholeWord: false,
  places: ["value", "key", "headers"],
};

/** Spaces can be looked for, but are no query. */
export function isSearch({ mode, text }: Pick<Draft, "mode" | "text">): boolean {
  return (mode === "query" ? text.trim() : text) !== "";
}

/** The fields that cannot be used as they are; `endBefore`: the end is not after the start. */
export type DraftError =
  | "offset"
  | "time"
  | "minutes"
  | "endOffset"
  | "endTime"
  | "endBefore"
  | "partitions"
  | "limit";

/**
 * `0, 3, 5-7` as numbers, in order, each once; null is all, for an empty text and for `all`.
 * Undefined where the text is neither, or names a partition that the topic lacks.
 */
export function parsePartitions(
  text: string,
  count: number | null,
  all: string,
): readonly number[] | null | undefined {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === "" || trimmed === "all" || trimmed === all.toLowerCase()) return null;
  const chosen = new Set<number>();
  for (const part of trimmed.split(/[\s,;]+/).filter(Boolean)) {
    const range = /^(\d{1,6})(?:[-–](\d{1,6}))?$/.exec(part);
    if (range === null) return undefined;
    const from = Number(range[1]);
    const to = Number(range[2] ?? range[1]);
    if (to < from || (count !== null && to >= count)) return undefined;
    for (let partition = from; partition <= to; partition += 1) chosen.add(partition);
  }
  return [...chosen].toSorted((a, b) => a - b);
}

/** Null unless it is a whole number from 1 to `most`; separators between thousands are let pass. */
export function parseLimit(text: string, most: number): number | null {
  const limit = parseCount(text);
  return limit !== null && limit >= 1 && limit <= most ? limit : null;
}

/** Some twenty years. */
const MOST_MINUTES = 9_999_999;

/** 64 bits: the text itself, so that it stays exact. */
export function parseOffset(text: string): string | null {
  const digits = text.trim().replace(/(?<=\d)[,\u0020\u00a0\u202f'’](?=\d{3})/g, "");
  if (!/^\d{1,19}$/.test(digits)) return null;
  const offset = BigInt(digits);
  return offset <= 9_223_372_036_854_775_807n ? offset.toString() : null;
}

/** What is asked of a topic. Another object is another asking, also where it asks for the same. */
export type Asked =
  | { readonly by: "read"; readonly request: ReadRequest }
  | { readonly by: "search"; readonly request: SearchRequest };

export type Parsed =
  | { readonly asked: Asked; readonly errors: null }
  | { readonly asked: null; readonly errors: ReadonlySet<DraftError> };

export interface DraftContext {
  readonly topic: string;
  /** How many partitions the topic has, where that is known. */
  readonly partitions: number | null;
  readonly zone: Zone;
  /** The word for all partitions. */
  readonly all: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

function startOf(draft: Draft, { zone, now }: DraftContext, errors: Set<DraftError>): ReadStart {
  switch (draft.start) {
    case "newest":
    case "oldest":
      return { at: draft.start };
    case "offset": {
      const offset = parseOffset(draft.offset);
      if (offset === null) errors.add("offset");
      return { at: "offset", offset: offset ?? "0" };
    }
    case "time": {
      const millis = parseTime(draft.time, zone);
      if (millis === null) errors.add("time");
      return { at: "time", millis: millis ?? "0" };
    }
    case "last": {
      const minutes = parseLimit(draft.minutes, MOST_MINUTES);
      if (minutes === null) errors.add("minutes");
      return { at: "time", millis: String(Math.floor(now) - (minutes ?? 0) * 60_000) };
    }
  }
}

function endOf(draft: Draft, { zone }: DraftContext, errors: Set<DraftError>): SearchTo {
  switch (draft.end) {
    case "now":
      return { at: "now" };
    case "offset": {
      const offset = parseOffset(draft.endOffset);
      if (offset === null) errors.add("endOffset");
      return { at: "offset", offset: offset ?? "0" };
    }
    case "time": {
      const millis = parseTime(draft.endTime, zone);
      if (millis === null) errors.add("endTime");
      return { at: "time", millis: millis ?? "0" };
    }
  }
}

/** Offsets with offsets, times with times: others cannot be compared here. */
function isEmpty(from: ReadStart, to: SearchTo): boolean {
  if (from.at === "offset" && to.at === "offset") return BigInt(to.offset) <= BigInt(from.offset);
  if (from.at === "time" && to.at === "time") return BigInt(to.millis) <= BigInt(from.millis);
  return false;
}

export function conditionOf({
  mode,
  text,
  caseSensitive,
  wholeWord,
  places,
}: Draft): SearchCondition {
  switch (mode) {
    case "text":
      return { by: mode, text, caseSensitive, wholeWord, places: [...places] };
    case "pattern":
      return { by: mode, pattern: text, caseSensitive, places: [...places] };
    case "query":
      return { by: mode, query: text };
  }
}

/** The text of a condition, as it was typed. */
export function textOf(condition: SearchCondition): string {
  switch (condition.by) {
    case "text":
      return condition.text;
    case "pattern":
      return condition.pattern;
    case "query":
      return condition.query;
  }
}

/** A search has no newest to start from: it goes through all, from the newest on. */
function fromOf(start: ReadStart): SearchFrom {
  return start.at === "newest" || start.at === "oldest" ? { at: "oldest" } : start;
}

export function parseDraft(draft: Draft, context: DraftContext): Parsed {
  const errors = new Set<DraftError>();
  const searching = isSearch(draft);
  const start = startOf(draft, context, errors);
  // A read has no end.
  const end: SearchTo = searching ? endOf(draft, context, errors) : { at: "now" };
  if (errors.size === 0 && isEmpty(start, end)) errors.add("endBefore");
  const chosen = parsePartitions(draft.partitions, context.partitions, context.all);
  if (chosen === undefined) errors.add("partitions");
  const limit = searching
    ? parseLimit(draft.hits, limits.searchHits)
    : parseLimit(draft.limit, limits.readRecords);
  if (limit === null) errors.add("limit");
  if (errors.size > 0 || chosen === undefined || limit === null) return { asked: null, errors };
  const { committed } = draft;
  const partitions = chosen === null ? null : [...chosen];
  if (!searching)
    return {
      errors: null,
      asked: {
        by: "read",
        request: { topic: context.topic, start, partitions, limit, committed },
      },
    };
  return {
    errors: null,
    asked: {
      by: "search",
      request: {
        topics: [context.topic],
        partitions,
        from: fromOf(start),
        to: end,
        newestFirst: draft.start === "newest",
        committed,
        condition: conditionOf(draft),
        limit,
      },
    },
  };
}
