//! Topics and reads.

import type { Coverage, ReadEvent, ReadRequest } from "../bindings";
import type { EventChannel } from "../platform";
import { copiedOf, detailOf, recordAt, rowOf, topics, type FakeTopic } from "./records";
import { fail, nextId, openOf, send, type Area, type World } from "./world";

export interface ResultSet {
  readonly source: FakeTopic;
  /** The place in the topic of each row, by its number; newest is 0. */
  readonly places: readonly number[];
  /** The numbers of its rows, in their order. */
  readonly order: number[];
  /** Why nobody can tell of its rows whether they are hits. */
  readonly why: string | null;
  total: number;
  stopped: boolean;
  /** Before that it gives no rows, whatever its progress says. */
  finished: boolean;
}

const resultSets = new WeakMap<World, Map<string, ResultSet>>();

export function resultSetsOf(world: World): Map<string, ResultSet> {
  const known = resultSets.get(world) ?? new Map<string, ResultSet>();
  resultSets.set(world, known);
  return known;
}

export function topicOf(name: string): FakeTopic {
  const found = topics.find((topic) => topic.name === name);
  if (found === undefined)
    throw fail("not_found", `the topic ${name} does not exist`, "it may have been deleted");
  if (found.offsets === null)
    throw fail("authorization", `reading the topic ${name} is not permitted`, "ask for READ on it");
  return found;
}

function placesOf(source: FakeTopic, request: ReadRequest): number[] {
  const held = Number(source.offsets ?? 0n);
  const places = Array.from(
    { length: Math.min(request.limit * source.partitions, held) },
    (_, place) => place,
  );
  const wanted = places.filter(
    (place) =>
      request.partitions === null ||
      request.partitions.includes((place * 5 + 7) % source.partitions),
  );
  const first = wanted.slice(0, request.limit);
  return request.start.at === "newest" ? first : first.toReversed();
}

async function run(
  world: World,
  set: ResultSet,
  request: ReadRequest,
  events: EventChannel<ReadEvent>,
): Promise<void> {
  const steps = world.latency > 0 ? 12 : 1;
  const pause = async (): Promise<void> => {
    if (world.latency > 0) await new Promise((done) => setTimeout(done, 100));
  };
  const withoutRecord = set.source.cleanupPolicy === "compact" ? 12_044 : 0;
  for (let step = 1; step <= steps && !set.stopped; step += 1) {
    await pause();
    const rows = Math.floor((set.total * step) / steps);
    send(events, {
      event: "progress",
      rows,
      received: String(rows),
      bytes: String(rows * 318),
      covered: String(rows + Math.floor((withoutRecord * step) / steps)),
      range: set.source.offline > 0 ? null : String(set.source.offsets ?? 0n),
    });
  }
  // As a pass that finds no more: its end comes after all its rows were told.
  await pause();
  const end = set.stopped ? "stopped" : set.total >= request.limit ? "limit" : "exhausted";
  const covered = String(set.total + withoutRecord);
  const coverage: Coverage = {
    end,
    range:
      set.source.offline > 0
        ? null
        : end === "exhausted"
          ? covered
          : String(set.source.offsets ?? 0n),
    covered,
    received: String(set.total),
    outsideTime: request.start.at === "time" ? "3" : "0",
    withoutRecord: String(withoutRecord),
    alreadyGone: request.start.at === "offset" ? "204" : "0",
    partitions: [],
    failure: null,
    ...world.coverage,
  };
  set.finished = true;
  send(events, { event: "finished", rows: set.total, coverage });
}

export const topicCommands: Area<
  | "listTopics"
  | "getTopic"
  | "topicSizes"
  | "startRead"
  | "stopRead"
  | "readRows"
  | "getRecord"
  | "saveRecord"
  | "dropResultSet"
  | "copyRecord"
  | "copyRecordJson"
> = (world) => {
  const sets = resultSetsOf(world);
  const setOf = (id: string): ResultSet => {
    const found = sets.get(id);
    if (found === undefined) throw fail("not_found", `no result set has the id ${id}`);
    return found;
  };
  const placeOf = (set: ResultSet, row: number): number => {
    const place = set.places[row];
    if (place === undefined) throw fail("not_found", `the result set has no row ${row}`);
    return place;
  };
  return {
    async listTopics(connection) {
      openOf(world, connection);
      return topics.map((topic) => ({
        name: topic.name,
        partitions: topic.partitions,
        replication: topic.replication,
        internal: topic.internal,
        offline: topic.offline,
        underReplicated: topic.underReplicated,
        failure: null,
      }));
    },
    async getTopic(connection, name) {
      openOf(world, connection);
      const found = topicOf(name);
      return {
        name,
        partitions: found.partitions,
        offsets: found.offsets === null ? null : String(found.offsets),
        cleanupPolicy: found.cleanupPolicy,
        retentionMillis: found.retentionMillis,
        retentionBytes: found.retentionBytes,
        timestampType: found.timestampType,
        missing: [],
        ...world.topicFacts,
      };
    },
    async topicSizes(connection, names) {
      openOf(world, connection);
      return names.map((name) => {
        const offsets = topics.find((topic) => topic.name === name)?.offsets ?? null;
        const denied = fail("authorization", `describing ${name} is not permitted`);
        return {
          name,
          offsets: offsets === null ? null : String(offsets),
          failure: offsets === null ? denied : null,
        };
      });
    },
    async startRead(connection, request, events) {
      openOf(world, connection);
      const source = topicOf(request.topic);
      const places = placesOf(source, request);
      const id = nextId("result-set");
      const order = places.map((_, row) => row);
      const state = { total: places.length, stopped: false, finished: false };
      const set: ResultSet = { source, places, order, why: null, ...state };
      sets.set(id, set);
      setTimeout(() => void run(world, set, request, events), 0);
      return id;
    },
    async stopRead(id) {
      setOf(id).stopped = true;
      return null;
    },
    async readRows(id, from, count) {
      const set = setOf(id);
      if (!set.finished) return { rows: [], total: 0 };
      const rows = set.order
        .slice(from, from + count)
        .map((row) => rowOf(set.source, placeOf(set, row), row, set.why));
      return { rows, total: set.total };
    },
    async getRecord(id, row, form) {
      const set = setOf(id);
      return detailOf(set.source, placeOf(set, row), form);
    },
    async saveRecord(id, row) {
      placeOf(setOf(id), row);
      return true;
    },
    async copyRecord(id, row, part, form) {
      const set = setOf(id);
      return copiedOf(recordAt(set.source, placeOf(set, row))[part], form);
    },
    async copyRecordJson(id, row) {
      const set = setOf(id);
      const { partition, offset, key, value } = recordAt(set.source, placeOf(set, row));
      return JSON.stringify({ partition, offset: String(offset), key, value }, null, 2);
    },
    async dropResultSet(id) {
      sets.delete(id);
      return null;
    },
  };
};
