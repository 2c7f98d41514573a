import { expect, test } from "vitest";

import type { ConnectionForm } from "./bindings";
import { sharesSecrets } from "./secrets";

const tls = { trust: "only_ca", caPem: "CA\n", certificatePem: "", verifyName: true } as const;
const of = (broker: ConnectionForm["broker"]): ConnectionForm => ({
  id: "a",
  name: "a",
  environment: "dev",
  access: "open",
  broker,
});
const kafka = {
  kind: "kafka",
  bootstrapServers: "a:9093, b:9093",
  security: "SASL_SSL",
  mechanism: "SCRAM-SHA-512",
  user: "reader",
  tls,
} as const;
const rabbitmq = {
  kind: "rabbitmq",
  host: "a",
  port: 5671,
  vhost: "/",
  authentication: "PLAIN",
  user: "reader",
  useTls: true,
  tls,
  managementUrl: "https://a:15671",
} as const;

test("a secret goes nowhere else and not less protected", () => {
  const moved: [ConnectionForm["broker"], ConnectionForm["broker"]][] = [
    [kafka, { ...kafka, bootstrapServers: "a:9093, evil:9093" }],
    [kafka, { ...kafka, security: "SSL" }],
    [kafka, { ...kafka, mechanism: "PLAIN" }],
    [kafka, { ...kafka, user: "admin" }],
    [kafka, { ...kafka, tls: { ...tls, verifyName: false } }],
    [kafka, { ...kafka, tls: { ...tls, caPem: "another" } }],
    [kafka, rabbitmq],
    [rabbitmq, { ...rabbitmq, host: "evil" }],
    [rabbitmq, { ...rabbitmq, port: 5672 }],
    [rabbitmq, { ...rabbitmq, useTls: false }],
    [rabbitmq, { ...rabbitmq, managementUrl: "http://a:15672" }],
    [rabbitmq, { ...rabbitmq, authentication: "EXTERNAL" }],
  ];
  for (const [before, after] of moved) expect(sharesSecrets(of(before), of(after))).toBe(false);
});

test("what does not change where a secret goes keeps it", () => {
  const kept: [ConnectionForm["broker"], ConnectionForm["broker"]][] = [
    [kafka, { ...kafka, bootstrapServers: " a:9093,b:9093 " }],
    [kafka, { ...kafka, tls: { ...tls, caPem: "CA", certificatePem: "renewed" } }],
    [rabbitmq, { ...rabbitmq, vhost: "other" }],
  ];
  for (const [before, after] of kept) expect(sharesSecrets(of(before), of(after))).toBe(true);
});
