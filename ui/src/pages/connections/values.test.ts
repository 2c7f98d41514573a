import { describe, expect, it } from "vitest";

import type { ConnectionForm } from "@/platform/bindings";

import { readProblem } from "./problem";
import { connectionSchema, privateKeyProblem } from "./schema";
import { newValues, portFor, savedValues, secretChanges, toForm, type Values } from "./values";

const CA = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const KEY = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";

const kafka = (change: Partial<Values> = {}): Values => ({
  ...newValues("kafka"),
  name: "orders",
  bootstrapServers: "kafka.example:9093",
  user: "support",
  hasPassword: true,
  ...change,
});
const rabbit = (change: Partial<Values> = {}): Values => ({
  ...newValues("rabbitmq"),
  name: "commands",
  host: "rabbit.example",
  user: "support",
  hasPassword: true,
  ...change,
});

/** Field → the message of its first problem. */
function problems(values: Values, taken: readonly string[] = []): Record<string, string> {
  const checked = connectionSchema(taken).safeParse(values);
  if (checked.success) return {};
  const found: Record<string, string> = {};
  for (const { path, message } of checked.error.issues) {
    found[String(path[0])] ??= readProblem(message).id.replace("connections.problem.", "");
  }
  return found;
}

describe("a form that is right", () => {
  it.each([
    ["Kafka with SASL_SSL", kafka()],
    [
      "Kafka in the clear without a user",
      kafka({ security: "PLAINTEXT", user: "", hasPassword: false }),
    ],
    [
      "Kafka with a client certificate",
      kafka({
        security: "SSL",
        user: "",
        hasPassword: false,
        trust: "only_ca",
        caPem: CA,
        certificatePem: CA,
        hasPrivateKey: true,
      }),
    ],
    ["RabbitMQ over TLS", rabbit()],
    [
      "RabbitMQ with EXTERNAL and no management user",
      rabbit({
        authentication: "EXTERNAL",
        user: "",
        hasPassword: false,
        certificatePem: CA,
        hasPrivateKey: true,
      }),
    ],
    [
      "RabbitMQ with a management URL",
      rabbit({ managementUrl: "https://rabbit.example:15671/api" }),
    ],
  ])("%s has no problem", (_, values) => {
    expect(problems(values)).toEqual({});
  });
});

describe("a form that cannot be right", () => {
  it.each<[string, Values, Record<string, string>]>([
    ["no name", kafka({ name: "  " }), { name: "name.empty" }],
    ["a long name", kafka({ name: "é".repeat(101) }), { name: "name.long" }],
    ["a name with a bell in it", kafka({ name: "a\u0007b" }), { name: "name.control" }],
    ["a name that is taken", kafka({ name: "Orders " }), { name: "name.taken" }],
    [
      "a server without a port",
      kafka({ bootstrapServers: "kafka" }),
      { bootstrapServers: "servers.missing_port" },
    ],
    ["no user", kafka({ user: " " }), { user: "user.empty" }],
    ["no password", kafka({ hasPassword: false }), { hasPassword: "password.empty" }],
    ["a CA that is asked for and missing", kafka({ trust: "only_ca" }), { caPem: "ca.empty" }],
    ["a CA that is a key", kafka({ trust: "only_ca", caPem: KEY }), { caPem: "pem.key" }],
    [
      "a certificate with its key behind it",
      kafka({ certificatePem: CA + KEY, hasPrivateKey: true }),
      { certificatePem: "pem.key" },
    ],
    [
      "a CA that is no PEM",
      kafka({ trust: "only_ca", caPem: "\u0000\u0001" }),
      { caPem: "pem.none" },
    ],
    [
      "a CA that is cut off",
      kafka({ trust: "only_ca", caPem: CA.slice(0, 40) }),
      { caPem: "pem.cut" },
    ],
    [
      "a certificate without its key",
      kafka({ certificatePem: CA }),
      { hasPrivateKey: "key.missing" },
    ],
    [
      "a key without its certificate",
      kafka({ hasPrivateKey: true }),
      { certificatePem: "certificate.missing" },
    ],
    ["a host with a port", rabbit({ host: "rabbit:5671" }), { host: "host.wrong" }],
    ["no host", rabbit({ host: "" }), { host: "host.empty" }],
    ["a port that is none", rabbit({ port: "70000" }), { port: "port" }],
    ["no virtual host", rabbit({ vhost: "" }), { vhost: "vhost.empty" }],
    [
      "EXTERNAL without TLS",
      rabbit({ authentication: "EXTERNAL", useTls: false }),
      { authentication: "external.tls" },
    ],
    [
      "EXTERNAL without a certificate",
      rabbit({ authentication: "EXTERNAL" }),
      { certificatePem: "certificate.external", hasPrivateKey: "key.missing" },
    ],
    [
      "a management URL without a scheme",
      rabbit({ managementUrl: "rabbit:15671" }),
      { managementUrl: "management.url" },
    ],
    [
      "a management URL with a password",
      rabbit({ managementUrl: "https://u:p@rabbit" }),
      { managementUrl: "management.credentials" },
    ],
    [
      "a management user without a password",
      rabbit({
        authentication: "EXTERNAL",
        certificatePem: CA,
        hasPrivateKey: true,
        hasPassword: false,
      }),
      { hasPassword: "password.empty" },
    ],
  ])("%s is named beside its field", (_, values, expected) => {
    expect(
      problems(
        values,
        ["orders"].filter(() => values.name === "Orders "),
      ),
    ).toEqual(expected);
  });

  it("looks only at what applies to the choices made", () => {
    const stale = { caPem: "rubbish", certificatePem: "rubbish", bootstrapServers: "rubbish" };
    expect(problems(rabbit({ ...stale, useTls: false }))).toEqual({});
    expect(problems(kafka({ host: "", port: "x", vhost: "", managementUrl: "x" }))).toEqual({});
  });

  it("says what is wrong with a private key", () => {
    expect(privateKeyProblem(KEY)).toBeNull();
    expect(privateKeyProblem(KEY.replaceAll("PRIVATE", "RSA PRIVATE"))).toBeNull();
    expect(privateKeyProblem(KEY.replaceAll("PRIVATE", "EC PRIVATE"))).toBeNull();
    expect(privateKeyProblem(CA)).toBe("connections.problem.key.none");
    expect(privateKeyProblem(KEY.slice(0, 40))).toBe("connections.problem.key.cut");
    expect(privateKeyProblem(KEY.replaceAll("PRIVATE", "ENCRYPTED PRIVATE"))).toBe(
      "connections.problem.key.encrypted",
    );
    expect(privateKeyProblem("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n")).toBe(
      "connections.problem.key.encrypted",
    );
  });
});

describe("the way to the contract and back", () => {
  it("keeps a saved connection as it was", () => {
    const form: ConnectionForm = {
      id: "c1",
      name: "orders",
      environment: "staging",
      access: "guarded",
      broker: {
        kind: "kafka",
        bootstrapServers: "kafka-1.example:9093, [::1]:9094",
        security: "SASL_SSL",
        mechanism: "SCRAM-SHA-256",
        user: "support",
        tls: { trust: "only_ca", caPem: CA, certificatePem: CA, verifyName: false },
      },
    };
    const values = savedValues(form, { password: "keyring", privateKey: "memory" });
    expect(values.hasPassword && values.hasPrivateKey).toBe(true);
    expect(toForm(values, "c1")).toEqual(form);
  });

  it("does the same for RabbitMQ", () => {
    const form = toForm(
      rabbit({ vhost: "a b/ü", port: " 5671 ", managementUrl: " https://m.example " }),
      null,
    );
    expect(form.broker).toEqual({
      kind: "rabbitmq",
      host: "rabbit.example",
      port: 5671,
      vhost: "a b/ü",
      authentication: "PLAIN",
      user: "support",
      useTls: true,
      tls: { trust: "system", caPem: "", certificatePem: "", verifyName: true },
      managementUrl: "https://m.example",
    });
    const back = savedValues(form, { password: "none", privateKey: "none" });
    expect(toForm(back, null)).toEqual(form);
  });

  it("leaves out what the choices do not use", () => {
    const { broker } = toForm(
      kafka({
        security: "PLAINTEXT",
        caPem: CA,
        trust: "only_ca",
        certificatePem: CA,
        verifyName: false,
      }),
      null,
    );
    expect(broker.tls).toEqual({
      trust: "system",
      caPem: "",
      certificatePem: "",
      verifyName: true,
    });
    expect(broker.user).toBe("");
  });

  it("forgets a secret that means nothing any more, and keeps the others", () => {
    const entered = {
      password: { change: "keep" },
      privateKey: { change: "set", text: KEY },
    } as const;
    const places = { password: "keyring", privateKey: "keyring" } as const;
    expect(secretChanges(kafka(), entered, places)).toEqual(entered);
    expect(secretChanges(kafka({ security: "PLAINTEXT" }), entered, places)).toEqual({
      password: { change: "forget" },
      privateKey: { change: "forget" },
    });
    expect(
      secretChanges(kafka({ security: "SSL" }), entered, { password: "none", privateKey: "none" }),
    ).toEqual({ password: { change: "keep" }, privateKey: entered.privateKey });
  });

  it("moves a default port with TLS, and leaves a port of one's own", () => {
    expect(portFor(false, "5671")).toBe("5672");
    expect(portFor(true, "5672")).toBe("5671");
    expect(portFor(true, "")).toBe("5671");
    expect(portFor(false, "25671")).toBe("25671");
  });
});
