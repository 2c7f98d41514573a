//! Queues, exchanges and holds: they behave as on a broker of version 4.0, as far as the pages can
//! tell. Messages are made when they are taken; what is taken is not ready any more.

import type {
  AfterLastLook,
  HeldDetail,
  HeldRow,
  HeldState,
  HoldEnd,
  HoldFates,
  HoldNote,
  HoldView,
  Looks,
  QueueFacts,
  QueueQuery,
  QueueRow,
  Settled,
} from "../bindings";
import { limits } from "../limits";
import { messageOf, renderBody } from "./messages";
import { copiedOf } from "./records";
import { queuesOf, type FakeQueue } from "./queueWorld";

import {
  emit,
  fail,
  grantOf,
  nextId,
  note,
  openOf,
  type Area,
  type FakeHold,
  type World,
} from "./world";

export { queuesOf } from "./queueWorld";

/** Held no longer than this. */
const LONGEST_SECONDS = 24 * 60;

const MOST_MESSAGES = limits.heldMessages;

const starts = new WeakMap<FakeHold, number>();

export const queueCommands: Area<
  | "acknowledgeHeld"
  | "copyHeld"
  | "copyHeldJson"
  | "dropHold"
  | "getHeld"
  | "heldRows"
  | "listHolds"
  | "previewHold"
  | "releaseHold"
  | "returnHeld"
  | "saveHeld"
  | "startHold"
  | "getQueue"
  | "listExchanges"
  | "listQueues"
> = (world) => ({
  async acknowledgeHeld(hold, ids, count) {
    const found = holdOf(world, hold);
    if (count !== ids.length) {
      throw fail("changed", "the count is not that of the selection", "select again");
    }
    const connection = grantOf(world, found.view.connection);
    const settled = settle(found, ids, "acknowledged");
    forget(queueOf(world, found.view.connection, found.view.queue).facts, settled.done);
    note(world, connection, {
      action: "acknowledge",
      object: found.view.queue,
      count: String(settled.done),
      outcome: settled.failed > 0 ? "partial" : "done",
    });
    emit(world, "holds");
    return settled;
  },
  async copyHeld(hold, id, form) {
    const detail = holdOf(world, hold).details.get(id);
    if (detail === undefined) throw fail("not_found", `no message ${id} in this hold`);
    // The replacement character stands for a byte that is no UTF-8 here.
    const at = detail.body.text.indexOf("\uFFFD");
    return at !== -1 && form === "text"
      ? { copied: "not_text", why: "not_utf8", at: String(at) }
      : copiedOf(detail.body.text, form);
  },
  async copyHeldJson(hold, id) {
    const detail = holdOf(world, hold).details.get(id);
    if (detail === undefined) throw fail("not_found", `no message ${id} in this hold`);
    const { exchange, routingKey, headers, body } = detail;
    return JSON.stringify({ exchange, routingKey, headers, body: body.text }, null, 2);
  },
  async dropHold(hold) {
    const { view } = holdOf(world, hold);
    if (view.phase !== "ended") throw fail("refused", "this hold is in force", "return it first");
    world.holds.delete(hold);
    emit(world, "holds");
    return null;
  },
  async getHeld(hold, id, form, whole) {
    const found = holdOf(world, hold);
    const row = found.rows.find((one) => one.id === id);
    const detail = found.details.get(id);
    if (row === undefined || detail === undefined) {
      throw fail("not_found", `no message ${id} in this hold`);
    }
    return {
      ...detail,
      state: row.state,
      body: renderBody(detail.body.text, form, whole),
    } satisfies HeldDetail;
  },
  async heldRows(hold, from, count) {
    const { rows } = holdOf(world, hold);
    return { rows: rows.slice(from, from + count), total: rows.length };
  },
  async listHolds() {
    return [...world.holds.values()].map((hold) => {
      expire(world, hold);
      return hold.view;
    });
  },
  async previewHold(connection, queue, count) {
    openOf(world, connection);
    const { facts, limit } = queueOf(world, connection, queue);
    const live = facts.consumers !== null && facts.consumers !== "0";
    const ready = facts.ready === null ? null : BigInt(facts.ready);
    const notes: HoldNote[] = [
      ...(live ? (["live_consumers"] as const) : []),
      ...(facts.consumers === null ? (["consumers_unknown", "facts_unknown"] as const) : []),
      "timeout_assumed",
    ];
    return {
      queue,
      wouldHide: ready === null ? null : String(ready < BigInt(count) ? ready : count),
      ready: facts.ready,
      unacked: facts.unacked,
      otherConsumers: facts.otherConsumers,
      mode: live ? "copy" : "hold",
      cost: facts.kind === null ? "unknown" : limit === null ? "order" : "one_look",
      left:
        facts.kind === null
          ? { left: "unknown" }
          : limit === null
            ? { left: "unlimited" }
            : { left: "between", atLeast: 0, atMost: limit },
      afterLastLook: afterLastLook(facts, limit),
      longestSeconds: LONGEST_SECONDS,
      allowedSeconds: (LONGEST_SECONDS * 5) / 4,
      notes,
      refusal: refusalOf(facts),
    };
  },
  async releaseHold(hold) {
    const found = holdOf(world, hold);
    const asked = found.rows.filter((row) => row.state === "held");
    returnAll(world, found, { end: "released", reason: "asked" });
    emit(world, "holds");
    const { held, inLastLook, stuck } = found.view;
    return { fates: fatesOf(asked), held, inLastLook, stuck };
  },
  async returnHeld(hold, ids, lastLook) {
    const found = holdOf(world, hold);
    const last = new Set(found.rows.filter((row) => row.lastLook).map((row) => row.id));
    const going = lastLook === "keep" ? ids.filter((id) => !last.has(id)) : ids;
    const settled = settle(found, going, "returned");
    giveBack(world, found.view, settled.done);
    emit(world, "holds");
    const kept = ids.length - going.length;
    if (kept === 0) return settled;
    const failure = fail("refused", `${kept} of them have no looks left`);
    return { ...settled, failed: settled.failed + kept, failure };
  },
  async saveHeld(hold, id) {
    if (!holdOf(world, hold).details.has(id)) throw fail("not_found", "no such message");
    return true;
  },
  async startHold(connection, queue, count, mode) {
    const granted = grantOf(world, connection);
    const from = queueOf(world, connection, queue);
    refuseStream(from.facts);
    const inForce = [...world.holds.values()].find(
      ({ view }) =>
        view.connection === connection && view.queue === queue && view.phase !== "ended",
    );
    if (inForce !== undefined) refuseMore(inForce.view, count, mode);
    const hold = inForce ?? newHold(connection, queue, afterLastLook(from.facts, from.limit));
    world.holds.set(hold.view.id, hold);
    if (inForce === undefined) hold.view.mode = mode;
    take(hold, from, count, mode === "copy");
    if (hold.view.rows === 0) end(hold, { end: "nothing_taken" });
    else if (mode === "copy") end(hold, { end: "released", reason: "copied" });
    note(world, granted, {
      action: "hold",
      object: queue,
      count: String(count),
      outcome: "done",
    });
    emit(world, "holds");
    return hold.view;
  },
  async getQueue(connection, queue) {
    openOf(world, connection);
    return queueOf(world, connection, queue).facts;
  },
  async listExchanges(connection) {
    openOf(world, connection);
    return [
      { name: "", kind: "direct" },
      { name: "commands", kind: "topic" },
      { name: "amq.fanout", kind: "fanout" },
    ];
  },
  async listQueues(connection, query) {
    openOf(world, connection);
    if (query.pageSize < 1 || query.pageSize > 500) {
      throw fail("invalid", "a page has 1 to 500 queues");
    }
    const matching = queuesOf(world, connection)
      .map(rowOf)
      .filter((row) => row.name.includes(query.name))
      .toSorted(order(query));
    const from = (query.page - 1) * query.pageSize;
    return { rows: matching.slice(from, from + query.pageSize), total: matching.length };
  },
});

function holdOf(world: World, id: string): FakeHold {
  const found = world.holds.get(id);
  if (found === undefined) throw fail("not_found", "this hold is not there any more");
  expire(world, found);
  return found;
}

function queueOf(world: World, connection: string, name: string): FakeQueue {
  const found = queuesOf(world, connection).find((queue) => queue.facts.name === name);
  if (found === undefined) {
    throw fail(
      "not_found",
      `the queue ${name} does not exist`,
      "check the name and the virtual host",
    );
  }
  return found;
}

function newHold(connection: string, queue: string, afterLastLook: AfterLastLook): FakeHold {
  const hold: FakeHold = {
    view: {
      id: nextId("hold"),
      connection,
      queue,
      mode: "hold",
      phase: "holding",
      rows: 0,
      held: 0,
      fates: fatesOf([]),
      remainingSeconds: LONGEST_SECONDS,
      until: "time",
      worst: null,
      afterLastLook,
      inLastLook: 0,
      diesWithConnection: 0,
      takeEnd: null,
      released: null,
      stuck: null,
      end: null,
    },
    rows: [],
    details: new Map(),
  };
  starts.set(hold, Date.now());
  return hold;
}

/** What is in force is extended as it is, and not once it takes no more. */
function refuseMore(view: HoldView, count: number, mode: HoldView["mode"]): void {
  if (view.mode !== mode) {
    const how = view.mode === "hold" ? "held, not copied" : "copied, not held";
    throw fail("changed", `messages of the queue ${view.queue} are ${how} now`, "ask again");
  }
  if (view.rows + count > MOST_MESSAGES)
    throw fail("invalid", `an inspection holds up to ${MOST_MESSAGES} messages in all`);
  if (view.released !== null) throw fail("not_found", "this inspection is ending", "hold again");
}

function take(hold: FakeHold, from: FakeQueue, count: number, copy: boolean): void {
  const ready = from.facts.ready === null ? count : Number(from.facts.ready);
  const taken = Math.min(count, ready);
  for (let i = 0; i < taken; i += 1) {
    const id = hold.rows.length + 1;
    const { row, detail } = messageOf(id, from.next + i, from);
    hold.rows.push({ ...row, state: copy ? "returned" : "held" });
    hold.details.set(id, detail);
  }
  hold.view.takeEnd = { end: taken < count ? "empty" : "complete" };
  if (!copy) {
    from.next += taken;
    shift(from.facts, -taken);
  }
  tally(hold);
}

function end(hold: FakeHold, why: HoldEnd): void {
  hold.view.phase = "ended";
  hold.view.remainingSeconds = null;
  hold.view.end = why;
}

/** Returns what survives it; the hold ends when nothing else is held. */
function returnAll(world: World, hold: FakeHold, why: HoldEnd & { end: "released" }): number {
  const ids = hold.rows.filter((row) => row.state === "held" && !row.lastLook).map(({ id }) => id);
  const { done } = settle(hold, ids, "returned");
  giveBack(world, hold.view, done);
  if (hold.view.held === 0) end(hold, why);
  else hold.view.released = why.reason;
  return done;
}

function refusalOf({ kind, exclusive, singleActiveConsumer, consumers }: QueueFacts) {
  if (kind === "stream") return { why: "stream" } as const;
  if (exclusive === true) return { why: "exclusive" } as const;
  return singleActiveConsumer === true && consumers !== "0"
    ? ({ why: "single_active_consumer" } as const)
    : null;
}

function refuseStream({ kind, name }: QueueFacts): void {
  if (kind !== "stream") return;
  throw fail("unsupported", `the queue ${name} is a stream: its messages cannot be held`);
}

function afterLastLook({ kind, deadLetter }: QueueFacts, limit: number | null): AfterLastLook {
  if (kind !== null && limit === null) return { then: "stays" };
  switch (deadLetter.to) {
    case "deleted":
      return { then: "deleted" };
    case "unknown":
      return { then: "unknown" };
    case "exchange":
      return {
        then: "dead_lettered",
        exchange: deadLetter.exchange,
        routingKey: deadLetter.routingKey,
      };
  }
}

function settle(hold: FakeHold, ids: readonly number[], state: HeldState): Settled {
  let done = 0;
  for (const row of hold.rows) {
    if (!ids.includes(row.id) || row.state !== "held") continue;
    row.state = state;
    done += 1;
  }
  tally(hold);
  if (hold.view.held === 0) end(hold, { end: "settled" });
  const failed = ids.length - done;
  return {
    done,
    failed,
    unsure: 0,
    unrecorded: null,
    failure: failed === 0 ? null : fail("changed", `${failed} of them were settled before`),
  };
}

function giveBack(world: World, view: HoldView, count: number): void {
  shift(queueOf(world, view.connection, view.queue).facts, count);
}

function shift(facts: QueueFacts, by: number): void {
  if (facts.ready !== null) facts.ready = String(BigInt(facts.ready) + BigInt(by));
  if (facts.unacked !== null) facts.unacked = String(BigInt(facts.unacked) - BigInt(by));
}

function forget(facts: QueueFacts, count: number): void {
  if (facts.unacked !== null) facts.unacked = String(BigInt(facts.unacked) - BigInt(count));
}

/** What became of the rows that are not held. */
export function fatesOf(rows: readonly HeldRow[]): HoldFates {
  const of = (state: HeldState): number => rows.filter((row) => row.state === state).length;
  return {
    returned: of("returned"),
    acknowledged: of("acknowledged"),
    backAtBroker: of("back_at_broker"),
    deleted: of("deleted"),
    deadLettered: of("dead_lettered"),
    deletedByLimit: of("deleted_by_limit"),
    unaccounted: of("unaccounted"),
    unsure: of("unsure"),
  };
}

/** Counts what is held, and the worst of it. */
function tally(hold: FakeHold): void {
  const held = hold.rows.filter((row) => row.state === "held");
  hold.view.rows = hold.rows.length;
  hold.view.held = held.length;
  hold.view.fates = fatesOf(hold.rows);
  hold.view.worst = held.reduce<Looks | null>((worst, { looks }) => {
    if (worst === null) return looks;
    return looks.looks === "left" && worst.looks === "left" && looks.left < worst.left
      ? looks
      : worst;
  }, null);
  hold.view.inLastLook = held.filter((row) => row.lastLook).length;
  hold.view.diesWithConnection = hold.view.inLastLook;
}

function expire(world: World, hold: FakeHold): void {
  if (hold.view.phase !== "holding") return;
  const passed = Math.floor((Date.now() - (starts.get(hold) ?? Date.now())) / 1000);
  hold.view.remainingSeconds = Math.max(0, LONGEST_SECONDS - passed);
  if (hold.view.remainingSeconds === 0) {
    returnAll(world, hold, { end: "released", reason: "deadline" });
  }
}

function rowOf({ facts, publishRate, deliverRate, state }: FakeQueue): QueueRow {
  const { name, kind, ready, unacked, consumers } = facts;
  return { name, kind, ready, unacked, consumers, publishRate, deliverRate, state };
}

/** As the broker sorts: what is not known comes last in either direction. */
function order({ sort, descending }: QueueQuery): (a: QueueRow, b: QueueRow) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => {
    if (sort === "name") return sign * (a.name < b.name ? -1 : Number(a.name > b.name));
    const [x, y] = [a[sort], b[sort]];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (BigInt(x) < BigInt(y) ? -1 : Number(BigInt(x) > BigInt(y)));
  };
}
