//! Connections: the list, the form, the test. A secret is looked at (is it there, is it empty) and
//! forgotten; the fake keeps no more of it than where it would be.
//!
//! The verdict of a test follows from the host, so that every step can be seen failing in a plain
//! browser: `nowhere…` has no address, `closed…` refuses, `web…` is no broker, `legacy…` has an
//! expired certificate, `…staging…` refuses the user, `…noadmin…` has no management API.

import type {
  ConnectionForm,
  ConnectionSummary,
  KeyringStatus,
  Notice,
  SecretChange,
  SecretChanges,
  SecretPlace,
  Stage,
  Step,
} from "../bindings";
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
    saved.form = { ...form, id: form.id ?? nextId("connection") };
    saved.state = { state: "closed" };
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
  readonly at: Stage | null;
  readonly detail: string;
  readonly millis: number;
}

function verdictOf(host: string, kind: ConnectionForm["broker"]["kind"]): Verdict {
  const label = kind === "kafka" ? "Kafka" : "RabbitMQ";
  if (host.startsWith("nowhere"))
    return {
      at: "name_lookup",
      detail: `the name ${host} does not exist; check the spelling, or whether the VPN is up`,
      millis: 12,
    };
  if (host.startsWith("closed"))
    return {
      at: "tcp",
      detail: "10.4.0.11 refuses the connection; check the port, and whether the broker runs",
      millis: 2,
    };
  if (host.startsWith("legacy"))
    return {
      at: "tls",
      detail: `the certificate of ${host} expired on 3 Nov 2026; renew it on the broker`,
      millis: 31,
    };
  if (host.startsWith("web"))
    return {
      at: "protocol",
      detail: `a web server answers, not ${label}; check the port`,
      millis: 8,
    };
  if (host.includes("staging"))
    return {
      at: "authentication",
      detail:
        kind === "kafka"
          ? "The broker does not accept this user and password with SCRAM-SHA-512. It offers SCRAM-SHA-512 and PLAIN. Check the password, or ask whether this user exists for PLAIN only."
          : "The broker does not accept this user and password. Check both, and the virtual host.",
      millis: 320,
    };
  if (host.includes("noadmin"))
    return {
      at: "management",
      detail: "nothing answers at the management URL; queues can be opened by name without it",
      millis: 3,
    };
  return { at: null, detail: "", millis: 0 };
}

function stepsOf({ broker }: ConnectionForm): Step[] {
  const kafka = broker.kind === "kafka";
  const address = kafka ? (broker.bootstrapServers.split(",")[0] ?? "") : broker.host;
  const host = address.replace(/:\d+$/u, "");
  const tls = kafka ? broker.security !== "PLAINTEXT" : broker.useTls;
  const found: Readonly<Record<Stage, readonly [string, number]>> = {
    name_lookup: ["2 addresses", 4],
    tcp: [kafka ? "10.4.0.11:9093" : `10.4.0.21:${broker.port}`, 11],
    tls: [`TLS 1.3, ${host}, issued by Staging Root CA`, 23],
    protocol: [kafka ? "protocol versions match" : "RabbitMQ 4.0.5, AMQP 0-9-1", 6],
    authentication: [kafka ? broker.mechanism : broker.authentication, 41],
    authorization: [kafka ? "topics can be listed" : `virtual host ${broker.vhost}`, 5],
    management: ["version 4.0.5", 18],
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
  const stop = verdict.at === null ? -1 : stages.indexOf(verdict.at);
  return stages.map((stage, i) => {
    if (stop >= 0 && i > stop) return { stage, state: "not_reached", tookMillis: null, detail: "" };
    if (i === stop)
      return { stage, state: "failed", tookMillis: verdict.millis, detail: verdict.detail };
    const [detail, tookMillis] = found[stage];
    return { stage, state: "passed", tookMillis, detail };
  });
}
