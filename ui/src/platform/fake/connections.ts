//! Connections: the list, the form, the test. A secret is looked at (is it there, is it empty) and
//! forgotten; the fake keeps no more of it than where it would be.
//!
//! The verdict of a test follows from the host, so that every step can be seen failing in a plain
//! browser: `nowhere…` has no address, `closed…` refuses, `web…` is no broker, `legacy…` has an
//! expired certificate, `…staging…` refuses the user, `…noadmin…` has no management API.

import type {
  ConnectionForm,
  ConnectionSummary,
  Failure,
  Found,
  KeyringStatus,
  Notice,
  SecretChange,
  SecretChanges,
  SecretPlace,
  Stage,
  Step,
} from "../bindings";
import { endsConnection } from "../edits";
import { sharesSecrets } from "../secrets";
import { accessOf } from "./access";
import {
  connectionOf,
  emit,
  fail,
  nextId,
  type Area,
  type FakeConnection,
  type World,
} from "./world";

export function summaryOf(connection: FakeConnection): ConnectionSummary {
  const { id, name, broker, environment } = connection.form;
  return {
    id: id ?? "",
    name,
    broker: broker.kind,
    environment,
    access: accessOf(connection),
    state: connection.state,
  };
}

interface Desk {
  keyring: KeyringStatus;
  notices: Notice[];
}

const desks = new WeakMap<World, Desk>();

/** The keyring and the notices of a world, to arrange a case. */
export function deskOf(world: World): Desk {
  const known = desks.get(world);
  if (known !== undefined) return known;
  const made: Desk = { keyring: { state: "available" }, notices: [] };
  desks.set(world, made);
  return made;
}

export const connectionCommands: Area<
  | "closeConnection"
  | "getConnection"
  | "keyringStatus"
  | "listConnections"
  | "listNotices"
  | "openConnection"
  | "removeConnection"
  | "saveConnection"
  | "secretPlaces"
  | "testConnection"
  | "unlockKeyring"
> = (world) => ({
  async closeConnection(id) {
    connectionOf(world, id).state = { state: "closed" };
    emit(world, "connections");
    return null;
  },
  async getConnection(id) {
    return connectionOf(world, id).form;
  },
  async secretPlaces(id) {
    const { password, privateKey } = connectionOf(world, id);
    return { password, privateKey };
  },
  async keyringStatus() {
    return deskOf(world).keyring;
  },
  async listConnections() {
    return world.connections.map(summaryOf);
  },
  async listNotices() {
    return deskOf(world).notices;
  },
  async openConnection(id) {
    const connection = connectionOf(world, id);
    connection.state = connection.opens;
    emit(world, "connections");
    return summaryOf(connection);
  },
  async removeConnection(id) {
    const connection = connectionOf(world, id);
    world.connections = world.connections.filter((other) => other !== connection);
    emit(world, "connections");
    return { notice: null };
  },
  async saveConnection(form, secrets) {
    refuseTakenName(world, form);
    const place: SecretPlace = deskOf(world).keyring.state === "available" ? "keyring" : "memory";
    const known = world.connections.find((connection) => connection.form.id === form.id);
    const saved: FakeConnection = known ?? {
      form,
      state: { state: "closed" },
      opens: { state: "open", product: null },
      unlocked: null,
      password: "none",
      privateKey: "none",
    };
    if (known !== undefined) {
      refuseLoosening(known, form);
      refuseMovedSecret(known, form, secrets);
    }
    const goesOn = known !== undefined && !endsConnection(known.form, form, secrets);
    saved.form = { ...form, id: form.id ?? nextId("connection") };
    if (!goesOn) [saved.state, saved.unlocked] = [{ state: "closed" }, null];
    saved.password = placed(secrets.password, saved.password, place);
    saved.privateKey = placed(secrets.privateKey, saved.privateKey, place);
    if (known === undefined) world.connections.push(saved);
    emit(world, "connections");
    const { password, privateKey } = saved;
    return { form: saved.form, secrets: { password, privateKey }, notices: [] };
  },
  async testConnection(form, secrets) {
    const known = world.connections.find((connection) => connection.form.id === form.id);
    if (known !== undefined) refuseMovedSecret(known, form, secrets);
    return stepsOf(form);
  },
  async unlockKeyring() {
    const desk = deskOf(world);
    if (desk.keyring.state === "missing") return desk.keyring;
    desk.keyring = { state: "available" };
    for (const connection of world.connections) {
      connection.password = moved(connection.password);
      connection.privateKey = moved(connection.privateKey);
    }
    return desk.keyring;
  },
});

function refuseTakenName(world: World, form: ConnectionForm): void {
  const taken = world.connections.some(
    (other) => other.form.id !== form.id && other.form.name === form.name,
  );
  if (taken) {
    throw fail("invalid", `another connection is called ${form.name}`, "choose another name");
  }
}

/** Production is loosened only while it is unlocked. */
function refuseLoosening({ form: before, unlocked }: FakeConnection, form: ConnectionForm): void {
  if (before.environment === "production" && form.environment !== "production" && unlocked === null)
    throw fail(
      "read_only",
      `${before.name} is production: its environment and access level are loosened only while it is unlocked`,
      "unlock it with a reason, then save again",
    );
}

function refuseMovedSecret(
  { form: before, password }: FakeConnection,
  form: ConnectionForm,
  secrets: SecretChanges,
): void {
  if (password !== "none" && secrets.password.change === "keep" && !sharesSecrets(before, form))
    throw fail(
      "invalid",
      "the password that is stored was given for another address, security or user",
      "enter it again, for where it goes now",
    );
}

function placed(change: SecretChange, now: SecretPlace, place: SecretPlace): SecretPlace {
  switch (change.change) {
    case "keep":
      return now;
    case "forget":
      return "none";
    case "set":
      return place;
  }
}

/** What was in memory, or not told, is in the keyring once that is open. */
function moved(place: SecretPlace): SecretPlace {
  return place === "none" ? "none" : "keyring";
}

interface Verdict {
  readonly at: Stage;
  readonly failure: Failure;
  readonly millis: number;
}

function verdictOf(host: string, kind: ConnectionForm["broker"]["kind"]): Verdict | null {
  const kafka = kind === "kafka";
  if (host.startsWith("nowhere")) {
    const hint = "check the spelling, or whether the VPN is up";
    const failure = fail("name_lookup", `the name ${host} does not exist`, hint);
    return { at: "name_lookup", millis: 12, failure };
  }
  if (host.startsWith("closed")) {
    const hint = "check the port, and whether the broker runs";
    const failure = fail("unreachable", "10.4.0.11 refuses the connection", hint);
    return { at: "tcp", millis: 2, failure };
  }
  if (host.startsWith("legacy")) {
    const message = `the certificate of ${host} expired on 3 Nov 2026`;
    return { at: "tls", millis: 31, failure: fail("tls", message, "renew it on the broker") };
  }
  if (host.startsWith("web")) {
    const message = `a web server answers, not ${kafka ? "Kafka" : "RabbitMQ"}`;
    return { at: "protocol", millis: 8, failure: fail("not_a_broker", message, "check the port") };
  }
  if (host.includes("staging")) {
    const by = kafka ? " with SCRAM-SHA-512" : "";
    const message = `${host} does not accept this user and password${by}`;
    const hint = kafka
      ? "it offers SCRAM-SHA-512 and PLAIN: check the password, or ask whether this user exists for PLAIN only"
      : "check both, and the virtual host";
    return { at: "authentication", millis: 320, failure: fail("authentication", message, hint) };
  }
  if (host.includes("noadmin")) {
    const hint = "queues can be opened by name without it";
    const failure = fail("unreachable", "nothing answers at the management URL", hint);
    return { at: "management", millis: 3, failure };
  }
  return null;
}

function stepsOf({ broker }: ConnectionForm): Step[] {
  const kafka = broker.kind === "kafka";
  const address = kafka ? (broker.bootstrapServers.split(",")[0] ?? "") : broker.host;
  const host = address.replace(/:\d+$/u, "");
  const tls = kafka ? broker.security !== "PLAINTEXT" : broker.useTls;
  const connected = kafka ? "10.4.0.11:9093" : `10.4.0.21:${broker.port}`;
  const found: Readonly<Record<Stage, readonly [Found[], number]>> = {
    name_lookup: [[{ found: "addresses", count: 2, first: ["10.4.0.11", "10.4.0.12"] }], 4],
    tcp: [[{ found: "connected", address: connected }], 11],
    tls: [
      [
        { found: "tls", version: "1.3" },
        {
          found: "certificate",
          names: [host],
          issuer: "Staging Root CA",
          until: "2031-03-03",
          soon: false,
        },
      ],
      23,
    ],
    protocol: [
      [
        kafka
          ? { found: "kafka" }
          : { found: "amqp", product: "RabbitMQ", version: "4.0.5", mechanisms: ["PLAIN"] },
      ],
      6,
    ],
    authentication: [
      [{ found: "user", user: broker.user, mechanism: kafka ? broker.mechanism : null }],
      41,
    ],
    authorization: [
      [kafka ? { found: "brokers", count: 3 } : { found: "virtual_host", vhost: broker.vhost }],
      5,
    ],
    management: [[{ found: "management", user: broker.user, tags: ["monitoring"] }], 18],
  };
  const stages: Stage[] = [
    "name_lookup",
    "tcp",
    ...(tls ? (["tls"] as const) : []),
    "protocol",
    "authentication",
    "authorization",
    ...(!kafka && broker.managementUrl !== "" ? (["management"] as const) : []),
  ];
  const verdict = verdictOf(host, broker.kind);
  const stop = verdict === null ? -1 : stages.indexOf(verdict.at);
  return stages.map((stage, i) => {
    const [seen, tookMillis] = found[stage];
    if (verdict === null || stop < 0 || i < stop)
      return { stage, state: "passed", tookMillis, found: seen, failure: null };
    const { millis, failure } = verdict;
    return i === stop
      ? { stage, state: "failed", tookMillis: millis, found: [], failure }
      : { stage, state: "not_reached", tookMillis: null, found: [], failure: null };
  });
}
