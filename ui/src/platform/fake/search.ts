//! Searches. Only the newest few thousand records of a topic can be hits, so that it needs no memory;
//! all of its offsets are counted.

import type {
  ConditionProblem,
  Histogram,
  RowOrder,
  SearchCondition,
  SearchCoverage,
  SearchEvent,
  SearchPlace,
  SearchRequest,
  SearchSets,
} from "../bindings";
import type { EventChannel } from "../platform";
import { problemOf, testOf } from "./queryText";
import { recordAt, recordSize, type FakeRecord, type FakeTopic } from "./records";
import { resultSetsOf, topicOf, type ResultSet } from "./topics";
import { fail, nextId, openOf, send, type Area, type World } from "./world";

interface FakeSearch {
  readonly request: SearchRequest;
  readonly source: FakeTopic;
  readonly sets: SearchSets;
  /** The place in the topic of each row of either, by its number. */
  readonly rows: number[];
  readonly hits: ResultSet;
  readonly undecided: ResultSet;
  /** Places in the order in which they are looked at. */
  readonly candidates: readonly number[];
  readonly range: bigint;
  /** Candidates looked at. */
  next: number;
  /** Of the hits. */
  ordering: number;
  isRunning: boolean;
}

const searches = new WeakMap<World, Map<string, FakeSearch>>();

function searchesOf(world: World): Map<string, FakeSearch> {
  const known = searches.get(world) ?? new Map<string, FakeSearch>();
  searches.set(world, known);
  return known;
}

/** Records of a topic that can be hits. */
const HELD = 6000;
const BARS = 120;
/** Characters of a text or a pattern. */
const LONGEST = 10_000;

function partsOf(record: FakeRecord, places: readonly SearchPlace[]): string[] {
  return [
    ...(places.includes("value") ? [record.value ?? ""] : []),
    ...(places.includes("key") ? [record.key ?? ""] : []),
    ...(places.includes("headers") ? record.headers.flatMap(([a, b]) => [a, b ?? ""]) : []),
  ];
}

function patternOf(condition: Extract<SearchCondition, { by: "text" | "pattern" }>): RegExp {
  const flags = condition.caseSensitive ? "u" : "iu";
  if (condition.by === "pattern") return new RegExp(condition.pattern, flags);
  const escaped = condition.text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(condition.wholeWord ? `(?<![\\w])${escaped}(?![\\w])` : escaped, flags);
}

/** As Rust: of what is no query all of it is wrong. */
function conditionProblemOf(condition: SearchCondition): ConditionProblem | null {
  if (condition.by === "query") return problemOf(condition.query);
  const text = condition.by === "text" ? condition.text : condition.pattern;
  const bad = (message: string): ConditionProblem => ({ message, at: 0, length: text.length });
  if (text.length > LONGEST) return bad(`it has more than ${LONGEST} characters`);
  try {
    patternOf(condition);
    return null;
  } catch {
    return bad("the expression cannot be read: unclosed group");
  }
}

function conditionOf(condition: SearchCondition): (record: FakeRecord) => boolean | null {
  const problem = conditionProblemOf(condition);
  if (problem !== null) throw fail("invalid", problem.message);
  if (condition.by === "query") return testOf(condition.query);
  const pattern = patternOf(condition);
  return (record) => partsOf(record, condition.places).some((part) => pattern.test(part));
}

function candidatesOf(source: FakeTopic, request: SearchRequest): number[] {
  const held = Math.min(HELD, Number(source.offsets ?? 0n));
  const { from, to, partitions } = request;
  const places = Array.from({ length: held }, (_, place) => place).filter((place) => {
    const { partition, offset, timestamp } = recordAt(source, place);
    if (partitions !== null && !partitions.includes(partition)) return false;
    if (from.at === "offset" && offset < BigInt(from.offset)) return false;
    if (from.at === "time" && timestamp < Number(from.millis)) return false;
    if (to.at === "offset" && offset >= BigInt(to.offset)) return false;
    return to.at !== "time" || timestamp < Number(to.millis);
  });
  return request.newestFirst ? places : places.toReversed();
}

const sizeAt = (source: FakeTopic, place: number): number => recordSize(recordAt(source, place));

/** Place 0 is the newest. */
function orderSet({ source, places, order }: ResultSet, { by, descending }: RowOrder): void {
  const sign = descending ? -1 : 1;
  const compared = (a: number, b: number): number => {
    if (by === "time") return sign * (b - a);
    if (by === "size") return sign * (sizeAt(source, a) - sizeAt(source, b)) || a - b;
    const [left, right] = [recordAt(source, a), recordAt(source, b)];
    const offsets = Number(left.offset - right.offset);
    return sign * (left.partition - right.partition || offsets);
  };
  order.sort((a, b) => compared(places[a] ?? 0, places[b] ?? 0));
}

function coveredOf(search: FakeSearch): bigint {
  const { candidates, next, range } = search;
  if (next >= candidates.length) return range;
  return (range * BigInt(next)) / BigInt(candidates.length);
}

async function run(
  world: World,
  search: FakeSearch,
  limit: number,
  events: EventChannel<SearchEvent>,
): Promise<void> {
  const { source, rows, hits, undecided, candidates, range, request } = search;
  const isWanted = conditionOf(request.condition);
  const most = hits.order.length + limit;
  const step = world.latency > 0 ? Math.ceil(candidates.length / 60) : candidates.length;
  const order: RowOrder = { by: "time", descending: request.newestFirst };
  const reached = () => ({
    received: String(search.next === candidates.length ? range : coveredOf(search)),
    bytes: String(coveredOf(search) * 490n),
    covered: String(coveredOf(search)),
    range: source.offline > 0 ? null : String(range),
  });
  search.isRunning = true;
  hits.stopped = false;
  do {
    if (world.latency > 0) await new Promise((done) => setTimeout(done, 100));
    for (const end = search.next + step; search.next < end; search.next += 1) {
      const place = candidates[search.next];
      if (place === undefined || hits.order.length >= most) break;
      const answer = isWanted(recordAt(source, place));
      if (answer === false) continue;
      (answer === null ? undecided : hits).order.push(rows.length);
      rows.push(place);
    }
    hits.total = hits.order.length;
    undecided.total = undecided.order.length;
    send(events, {
      event: "progress",
      hits: hits.total,
      undecided: undecided.total,
      ordering: search.ordering,
      ...reached(),
    });
  } while (!hits.stopped && search.next < candidates.length && hits.order.length < most);
  search.isRunning = false;
  orderSet(hits, order);
  orderSet(undecided, order);
  search.ordering += 1;
  const goesOn = search.next < candidates.length;
  const end = goesOn ? (hits.order.length >= most ? "limit" : "stopped") : "exhausted";
  const coverage: SearchCoverage = {
    end,
    ...reached(),
    outsideTime: request.from.at === "time" ? "3" : "0",
    withoutRecord: source.cleanupPolicy === "compact" ? "12044" : "0",
    alreadyGone: request.from.at === "offset" ? "204" : "0",
    partitions: [],
    failure: null,
    passedOver: [],
    goesOn,
    ...world.searchCoverage,
  };
  send(events, {
    event: "finished",
    hits: hits.total,
    undecided: undecided.total,
    ordering: search.ordering,
    coverage,
  });
}

function histogramOf({ hits, rows, source }: FakeSearch): Histogram {
  const times = hits.order.map((row) => recordAt(source, rows[row] ?? 0).timestamp);
  const from = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (times.length === 0) return { from: "0", width: "1", counts: [], untimed: 0 };
  const last = times.reduce((a, b) => Math.max(a, b), from);
  const width = Math.max(1, Math.ceil((last - from + 1) / BARS));
  const counts = Array.from({ length: Math.ceil((last - from + 1) / width) }, () => 0);
  for (const time of times) {
    const bar = Math.floor((time - from) / width);
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  return { from: String(from), width: String(width), counts, untimed: 0 };
}

export const searchCommands: Area<
  "startSearch" | "continueSearch" | "stopSearch" | "checkCondition" | "getHistogram" | "orderRows"
> = (world) => {
  const sets = resultSetsOf(world);
  const all = searchesOf(world);
  const searchOf = (id: string): FakeSearch => {
    const found = sets.has(id) ? all.get(id) : undefined;
    if (found === undefined) throw fail("not_found", `no result set has the id ${id}`);
    return found;
  };
  const newSet = (source: FakeTopic, places: readonly number[], why: string | null) => {
    const id = nextId("result-set");
    // It gives its rows while it is searched.
    const state = { total: 0, stopped: false, finished: true };
    const set: ResultSet = { source, places, order: [], why, ...state };
    sets.set(id, set);
    return { id, set };
  };
  return {
    async startSearch(connection, request, events) {
      openOf(world, connection);
      const source = topicOf(request.topics[0] ?? "");
      conditionOf(request.condition);
      const rows: number[] = [];
      const hits = newSet(source, rows, null);
      const undecided = newSet(source, rows, "it is no text, so it has no fields");
      const candidates = candidatesOf(source, request);
      const isWhole = request.partitions === null && request.from.at === "oldest";
      const search: FakeSearch = {
        request,
        source,
        sets: { hits: hits.id, undecided: undecided.id },
        rows,
        hits: hits.set,
        undecided: undecided.set,
        candidates,
        range:
          isWhole && request.to.at === "now" ? (source.offsets ?? 0n) : BigInt(candidates.length),
        next: 0,
        ordering: 0,
        isRunning: false,
      };
      all.set(hits.id, search);
      all.set(undecided.id, search);
      setTimeout(() => void run(world, search, request.limit, events), 0);
      return search.sets;
    },
    async continueSearch(id, limit, events) {
      const search = searchOf(id);
      if (search.isRunning) throw fail("refused", "the search is running");
      setTimeout(() => void run(world, search, limit, events), 0);
      return null;
    },
    async stopSearch(id) {
      searchOf(id).hits.stopped = true;
      return null;
    },
    async checkCondition(condition) {
      return conditionProblemOf(condition);
    },
    async getHistogram(id) {
      return histogramOf(searchOf(id));
    },
    async orderRows(id, order) {
      const search = searchOf(id);
      orderSet(search.sets.hits === id ? search.hits : search.undecided, order);
      if (search.sets.hits === id) search.ordering += 1;
      return null;
    },
  };
};
