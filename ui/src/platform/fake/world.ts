//! What the fake keeps: a small company on Kronos, in memory. Each area's file has its own part of
//! the contract; this one has what they share.

import type {
  ActivityEntry,
  ActivityVerb,
  Changed,
  Code,
  ConnectionForm,
  ConnectionState,
  Coverage,
  Failure,
  HeldDetail,
  HeldRow,
  HoldView,
  LeaveAsked,
  ReplayView,
  SearchCoverage,
  SecretPlace,
  Unlocked,
  What,
  TopicFacts,
} from "../bindings";
import type { Commands, EventChannel } from "../platform";

/** The commands that one file of the fake answers. */
export type Area<Names extends keyof Commands> = (world: World) => Pick<Commands, Names>;

export interface FakeConnection {
  /** `form.id` is never null here. */
  form: ConnectionForm;
  state: ConnectionState;
  /** What `openConnection` leads to. */
  opens: ConnectionState;
  unlocked: Unlocked | null;
  password: SecretPlace;
  privateKey: SecretPlace;
}

export interface FakeHold {
  view: HoldView;
  rows: HeldRow[];
  details: Map<number, Omit<HeldDetail, "state">>;
}

export interface World {
  connections: FakeConnection[];
  holds: Map<string, FakeHold>;
  /** Newest first. */
  activity: ActivityEntry[];
  /** Milliseconds that an answer takes; 0 in tests. */
  latency: number;
  /** Commands that fail, by name: for tests of error states. */
  failing: Map<keyof Commands, Failure>;
  /** Commands that never answer, and those that take so many milliseconds. */
  silent: Set<keyof Commands>;
  slow: Map<keyof Commands, number>;
  /** What a read's end says otherwise: for tests of incomplete ones. */
  coverage: Partial<Coverage>;
  /** The same of a search's end. */
  searchCoverage: Partial<SearchCoverage>;
  /** What a topic says of itself otherwise. */
  topicFacts: Partial<TopicFacts>;
  listeners: Set<(changed: Changed) => void>;
  /** Replays that another page started. */
  replays: ReplayView[];
  /** Who hears that the window was asked to close. */
  leaving: Set<(asked: LeaveAsked) => void>;
  /** Whether `leave` was called. */
  left: boolean;
  /** How often the page said that its question about leaving can be seen. */
  leaveShown: number;
  /** What the page said of what nobody saved. */
  unsaved: boolean;
}

export function fail(code: Code, message: string, hint: string | null = null): Failure {
  return { code, message, hint };
}

export function emit(world: World, what: What): void {
  for (const listener of world.listeners) listener({ what });
}

/** Sends an event as Rust does; the fake's channels are plain objects with a handler. */
export function send<Event>(channel: EventChannel<Event>, event: Event): void {
  channel.onmessage(event);
}

export function connectionOf(world: World, id: string): FakeConnection {
  const found = world.connections.find((connection) => connection.form.id === id);
  if (found === undefined) throw fail("not_found", `no connection has the id ${id}`);
  return found;
}

/** The connection, which must be open. */
export function openOf(world: World, id: string): FakeConnection {
  const found = connectionOf(world, id);
  if (found.state.state !== "open")
    throw fail("connection_lost", `${found.form.name} is not connected`, "open the connection");
  return found;
}

/** The connection, which must allow changes now. */
export function grantOf(world: World, id: string): FakeConnection {
  const found = openOf(world, id);
  if (found.form.access === "read_only" && found.unlocked === null)
    throw fail("read_only", `${found.form.name} is read-only`, "unlock it with a reason");
  return found;
}

let serial = 0;

export function nextId(kind: string): string {
  serial += 1;
  return `${kind}-${serial}`;
}

export function note(
  world: World,
  connection: FakeConnection,
  entry: Pick<ActivityEntry, "object" | "count" | "outcome"> & {
    action: ActivityVerb;
  } & Partial<ActivityEntry>,
): void {
  world.activity.unshift({
    id: nextId("activity"),
    at: String(Date.now()),
    operator: "camille",
    connection: connection.form.id ?? "",
    connectionName: connection.form.name,
    verb: entry.action,
    environment: connection.form.environment,
    objectPlaces: [],
    source: null,
    sourcePlaces: [],
    reason: connection.unlocked?.reason ?? "",
    detail: null,
    facts: [],
    done: entry.count,
    failed: null,
    ...entry,
  });
  emit(world, "activity");
}
