//! The connections of the company.

import type { AccessLevel, BrokerForm, Environment, TlsForm } from "../bindings";
import { fail, type FakeConnection } from "./world";

const tls: TlsForm = { trust: "system", caPem: "", certificatePem: "", verifyName: true };

const kafka = (bootstrapServers: string): BrokerForm => ({
  kind: "kafka",
  bootstrapServers,
  security: "SASL_SSL",
  mechanism: "SCRAM-SHA-512",
  user: "support-reader",
  tls,
});

const rabbitmq = (host: string): BrokerForm => ({
  kind: "rabbitmq",
  host,
  port: 5671,
  vhost: "orders",
  authentication: "PLAIN",
  user: "support",
  useTls: true,
  tls,
  managementUrl: `https://${host}:15671`,
});

function connection(
  id: string,
  environment: Environment,
  access: AccessLevel,
  broker: BrokerForm,
  rest: Partial<FakeConnection> = {},
): FakeConnection {
  return {
    form: { id, name: id, environment, access, broker },
    state: { state: "closed" },
    opens: { state: "open", product: broker.kind === "kafka" ? null : "RabbitMQ 4.0.5" },
    unlocked: null,
    password: "keyring",
    privateKey: "none",
    ...rest,
  };
}

export function company(): FakeConnection[] {
  const open = { state: "open", product: null } as const;
  const rabbit = { state: "open", product: "RabbitMQ 4.0.5" } as const;
  const expired = {
    state: "failed",
    failure: fail(
      "tls",
      "the certificate of legacy-mq.example expired on 3 Nov 2026",
      "renew it on the broker, or ask who looks after it",
    ),
  } as const;
  return [
    connection("orders-prod", "production", "read_only", kafka("kafka-1.prod.example:9093"), {
      state: open,
    }),
    connection("commands-prod", "production", "read_only", rabbitmq("mq.prod.example"), {
      state: rabbit,
    }),
    connection("orders-staging", "staging", "guarded", kafka("kafka-1.staging.example:9093")),
    connection("commands-dev", "dev", "open", rabbitmq("mq.dev.example")),
    connection("legacy-mq", "dev", "guarded", rabbitmq("legacy-mq.example"), {
      state: expired,
      opens: expired,
    }),
  ];
}
