//! Replays.

import type {
  Party,
  ReplayChange,
  ReplayEnd,
  ReplayEvent,
  ReplayOrigin,
  ReplayPreview,
  ReplayRequest,
  ReplayResult,
  ReplayRoute,
  ReplaySource,
  ReplayWarning,
} from "../bindings";
import type { EventChannel } from "../platform";
import { recordAt, topics } from "./records";
import { resultSetsOf } from "./topics";
import {
  connectionOf,
  fail,
  grantOf,
  nextId,
  note,
  openOf,
  send,
  type Area,
  type FakeConnection,
  type World,
} from "./world";

interface Frozen {
  readonly preview: ReplayPreview;
  readonly request: ReplayRequest;
  readonly target: FakeConnection;
  readonly origins: readonly ReplayOrigin[];
}

function sourceOf(world: World, source: ReplaySource): { party: Party; origins: ReplayOrigin[] } {
  if (source.from === "records") {
    const set = resultSetsOf(world).get(source.resultSet);
    if (set === undefined) throw fail("not_found", "the result set was dropped", "read again");
    const origins = source.rows.map((row): ReplayOrigin => {
      const place = set.places[row];
      if (place === undefined) throw fail("not_found", `the result set has no row ${row}`);
      const record = recordAt(set.source, place);
      return {
        kind: "record",
        topic: set.source.name,
        partition: record.partition,
        offset: String(record.offset),
      };
    });
    return { party: { name: "orders-prod", environment: "production" }, origins };
  }
  const hold = world.holds.get(source.hold);
  if (hold === undefined) throw fail("not_found", "the hold has ended", "hold the messages again");
  const { name, environment } = connectionOf(world, hold.view.connection).form;
  const origins = source.ids.map((message): ReplayOrigin => {
    return { kind: "held", queue: hold.view.queue, message };
  });
  return { party: { name, environment }, origins };
}

function changesOf({ source, target }: ReplayRequest, messages: number): ReplayChange[] {
  const change = (
    kind: ReplayChange["kind"],
    effect: ReplayChange["effect"],
    headers: string[] = [],
  ): ReplayChange => ({ kind, effect, messages, headers });
  const away = target.to === "exchange";
  if (source.from === "held")
    return [change("deaths_removed", "removed", ["x-death", "x-first-death-queue"])];
  if (!away) return [];
  return [
    change("header_order", "lost"),
    change("timestamp_whole_seconds", "lost"),
    change("duplicate_headers", "altered", ["retry"]),
    change("key_as_header", "altered"),
  ];
}

function warningsOf(
  request: ReplayRequest,
  target: FakeConnection,
  messages: number,
): ReplayWarning[] {
  const warnings: ReplayWarning[] = [];
  if (target.form.environment === "production") warnings.push({ warning: "production_target" });
  if (messages > 1) warnings.push({ warning: "replayed_before", messages: 2, most: 1 });
  if (request.target.to === "exchange" && request.target.exchange === "amq.fanout")
    warnings.push({
      warning: "several_queues",
      routingKey: request.target.routingKey ?? "",
      queues: ["task_queue", "audit_tasks", "metrics"],
    });
  return warnings;
}

function routesOf({ target }: ReplayRequest, messages: number): ReplayRoute[] {
  if (target.to === "topic") return [];
  const routingKey = target.routingKey ?? "task.create";
  const queue = target.exchange === "" ? routingKey : "task_queue";
  return [{ routingKey, messages, queues: [queue], unknown: null }];
}

async function run(
  world: World,
  frozen: Frozen,
  stopped: () => boolean,
  events: EventChannel<ReplayEvent>,
): Promise<void> {
  const { request, preview, target } = frozen;
  const results: ReplayResult[] = [];
  const total = frozen.origins.length;
  for (const [index, source] of frozen.origins.entries()) {
    if (world.latency > 0) await new Promise((done) => setTimeout(done, 120));
    const sent = !stopped();
    const record = sent && request.target.to === "topic";
    results.push({
      source,
      state: sent ? "confirmed" : "not_sent",
      partition: record ? index % 12 : null,
      offset: record ? String(1_204 + index) : null,
      refusal: null,
      failure: null,
      removed: sent && request.removeAtSource,
      removalUnsure: false,
    });
    const confirmed = results.filter((result) => result.state === "confirmed").length;
    send(events, {
      event: "progress",
      of: total,
      done: results.length,
      confirmed,
      failed: 0,
      removed: request.removeAtSource ? confirmed : 0,
      perSecond: 8,
      secondsLeft: (total - results.length) / 8,
    });
  }
  const confirmed = results.filter((result) => result.state === "confirmed").length;
  const removed = request.removeAtSource ? confirmed : 0;
  const end: ReplayEnd = stopped() ? "stopped" : "finished";
  note(world, target, {
    action: "replay",
    object: preview.place.name,
    objectPlaces: [preview.place],
    count: String(confirmed),
    source: preview.source.name,
    sourcePlaces: [{ kind: "connection", name: preview.source.name }],
    outcome: end === "finished" ? "done" : "partial",
  });
  send(events, {
    event: "finished",
    report: {
      end,
      failure: null,
      selected: total,
      leftOut: 0,
      notSent: total - confirmed,
      sent: confirmed,
      confirmed,
      unroutable: 0,
      failed: 0,
      unsure: 0,
      removed,
      notRemoved: 0,
      removalUnsure: 0,
      tookMillis: String(total * 120),
      results,
    },
  });
}

export const replayCommands: Area<
  "dropPreview" | "listReplays" | "previewReplay" | "startReplay" | "stopReplay"
> = (world) => {
  const previews = new Map<string, Frozen>();
  const stopped = new Set<string>();
  return {
    async dropPreview(preview) {
      previews.delete(preview);
      return null;
    },
    async listReplays() {
      return world.replays;
    },
    async previewReplay(request) {
      const { party, origins } = sourceOf(world, request.source);
      const { target } = request;
      const connection = openOf(world, target.connection);
      const { name, environment } = connection.form;
      const messages = origins.length;
      if (target.to === "topic" && !topics.some((topic) => topic.name === target.topic))
        throw fail("not_found", `the topic ${target.topic} does not exist`, "check its name");
      const preview: ReplayPreview = {
        id: nextId("preview"),
        source: party,
        target: { name, environment },
        place:
          target.to === "topic"
            ? { kind: "topic", name: target.topic }
            : { kind: "exchange", name: target.exchange, key: target.routingKey },
        selected: messages,
        sendable: messages,
        originalBytes: String(messages * 318),
        bytes: String(messages * 512),
        largest: "525",
        addedHeaders: ["kronos-replay-job", "kronos-replay-source"],
        changes: changesOf(request, messages),
        refusals: [],
        routes: routesOf(request, messages),
        warnings: warningsOf(request, connection, messages),
        checks: [
          { kind: "source_read", state: "passed", failure: null },
          { kind: "target_exists", state: "passed", failure: null },
          { kind: "routed", state: "passed", failure: null },
          { kind: "size", state: "passed", failure: null },
        ],
        removeAtSource: request.removeAtSource,
      };
      previews.set(preview.id, { preview, request, target: connection, origins });
      return preview;
    },
    async startReplay(order, events) {
      const frozen = previews.get(order.preview);
      if (frozen === undefined) throw fail("not_found", "the preview is gone", "preview it again");
      if (order.count !== frozen.preview.sendable)
        throw fail("invalid", `the count is ${order.count}, not ${frozen.preview.sendable}`);
      grantOf(world, frozen.target.form.id ?? "");
      previews.delete(order.preview);
      const job = nextId("replay");
      setTimeout(() => void run(world, frozen, () => stopped.has(job), events), 0);
      return job;
    },
    async stopReplay(job) {
      stopped.add(job);
      return null;
    },
  };
};
