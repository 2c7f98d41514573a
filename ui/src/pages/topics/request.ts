//! What the person wants to read, from text fields to a request.

import { parseTime } from "@/format";
import type { ReadRequest, ReadStart } from "@/platform/bindings";
import { limits } from "@/platform/limits";
import type { Zone } from "@/preferences";

export type StartKind = ReadStart["at"];

/** The query row as typed. */
export interface Draft {
  readonly start: StartKind;
  readonly offset: string;
  readonly time: string;
  readonly partitions: string;
  readonly limit: string;
  readonly committed: boolean;
}

export const NEWEST: Draft = {
  start: "newest",
  offset: "",
  time: "",
  partitions: "",
  limit: "500",
  committed: true,
};

/** The fields that cannot be used as they are. */
export type DraftError = "offset" | "time" | "partitions" | "limit";

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

/** Null unless it is a whole number from 1 to what one read may have; separators between thousands are let pass. */
export function parseLimit(text: string): number | null {
  const digits = text.trim().replace(/(?<=\d)[.,\u0020\u00a0\u202f'’](?=\d{3})/g, "");
  if (!/^\d{1,6}$/.test(digits)) return null;
  const limit = Number(digits);
  return limit >= 1 && limit <= limits.readRecords ? limit : null;
}

/** 64 bits: the text itself, so that it stays exact. */
export function parseOffset(text: string): string | null {
  const digits = text.trim().replace(/(?<=\d)[,\u0020\u00a0\u202f'’](?=\d{3})/g, "");
  if (!/^\d{1,19}$/.test(digits)) return null;
  const offset = BigInt(digits);
  return offset <= 9_223_372_036_854_775_807n ? offset.toString() : null;
}

export type Parsed =
  | { readonly request: ReadRequest; readonly errors: null }
  | { readonly request: null; readonly errors: ReadonlySet<DraftError> };

export interface DraftContext {
  readonly topic: string;
  /** How many partitions the topic has, where that is known. */
  readonly partitions: number | null;
  readonly zone: Zone;
  /** The word for all partitions. */
  readonly all: string;
}

export function parseDraft(draft: Draft, context: DraftContext): Parsed {
  const errors = new Set<DraftError>();
  const startOf = (): ReadStart => {
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
        const millis = parseTime(draft.time, context.zone);
        if (millis === null) errors.add("time");
        return { at: "time", millis: millis ?? "0" };
      }
    }
  };
  const start = startOf();
  const partitions = parsePartitions(draft.partitions, context.partitions, context.all);
  if (partitions === undefined) errors.add("partitions");
  const limit = parseLimit(draft.limit);
  if (limit === null) errors.add("limit");
  if (errors.size > 0 || partitions === undefined || limit === null)
    return { request: null, errors };
  return {
    errors: null,
    request: {
      topic: context.topic,
      start,
      partitions: partitions === null ? null : [...partitions],
      limit,
      committed: draft.committed,
    },
  };
}
