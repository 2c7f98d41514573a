//! What the connection form edits, and its way from and to the contract.
//!
//! The values are flat so that switching the broker, the security or the authentication back and
//! forth loses nothing typed; what does not apply is left out on the way to Rust. Secrets are not
//! here: they live in their inputs alone (see `SecretField`), the form only knows whether there is
//! one.

import type {
  AccessLevel,
  BrokerKind,
  ConnectionForm,
  Environment,
  KafkaSecurity,
  RabbitMqAuthentication,
  SaslMechanism,
  SecretChange,
  SecretChanges,
  SecretPlace,
  SecretPlaces,
  TlsForm,
  Trust,
} from "@/platform/bindings";
import { parseEndpoints, showEndpoint } from "./endpoints";

export interface Values {
  kind: BrokerKind;
  name: string;
  environment: Environment;
  access: AccessLevel;
  user: string;
  /** Whether a password will be there once this is saved: kept, or typed. */
  hasPassword: boolean;
  /** The same for the private key. */
  hasPrivateKey: boolean;
  /** What is wrong with the private key that was entered; empty where nothing is. */
  privateKeyProblem: string;
  trust: Trust;
  caPem: string;
  certificatePem: string;
  verifyName: boolean;

  bootstrapServers: string;
  security: KafkaSecurity;
  mechanism: SaslMechanism;

  host: string;
  port: string;
  vhost: string;
  authentication: RabbitMqAuthentication;
  useTls: boolean;
  managementUrl: string;
}

export const AMQP_PORT = "5672";
export const AMQPS_PORT = "5671";

/** A new connection: the safe choices. */
export function newValues(kind: BrokerKind): Values {
  return {
    kind,
    name: "",
    environment: "dev",
    access: "read_only",
    user: "",
    hasPassword: false,
    hasPrivateKey: false,
    privateKeyProblem: "",
    trust: "system",
    caPem: "",
    certificatePem: "",
    verifyName: true,
    bootstrapServers: "",
    security: "SASL_SSL",
    mechanism: "SCRAM-SHA-512",
    host: "",
    port: AMQPS_PORT,
    vhost: "/",
    authentication: "PLAIN",
    useTls: true,
    managementUrl: "",
  };
}

/** A saved connection, to be edited. */
export function savedValues(form: ConnectionForm, places: SecretPlaces): Values {
  const { broker } = form;
  const common = {
    ...newValues(broker.kind),
    name: form.name,
    environment: form.environment,
    access: form.access,
    user: broker.user,
    hasPassword: isKept(places.password),
    hasPrivateKey: mayHaveKey(places.privateKey, broker.tls.certificatePem),
    ...broker.tls,
  };
  switch (broker.kind) {
    case "kafka":
      return {
        ...common,
        bootstrapServers: broker.bootstrapServers,
        security: broker.security,
        mechanism: broker.mechanism,
      };
    case "rabbitmq":
      return {
        ...common,
        host: broker.host,
        port: String(broker.port),
        vhost: broker.vhost,
        authentication: broker.authentication,
        useTls: broker.useTls,
        managementUrl: broker.managementUrl,
      };
  }
}

/** The contract's form. The values must have passed the schema. */
export function toForm(values: Values, id: string | null): ConnectionForm {
  return {
    id,
    name: values.name.trim(),
    environment: values.environment,
    access: values.access,
    broker: values.kind === "kafka" ? kafkaForm(values) : rabbitMqForm(values),
  };
}

export function usesTls(values: Pick<Values, "kind" | "security" | "useTls">): boolean {
  return values.kind === "kafka" ? values.security !== "PLAINTEXT" : values.useTls;
}

/** Whether a user and a password mean anything with these choices. */
export function usesUser(values: Pick<Values, "kind" | "security">): boolean {
  return values.kind === "rabbitmq" || values.security === "SASL_SSL";
}

/** Whether a password is sent at all; with EXTERNAL it is the management API's. */
export function usesPassword(
  values: Pick<Values, "kind" | "security" | "authentication" | "user">,
): boolean {
  if (values.kind === "kafka") {
    return values.security === "SASL_SSL";
  }
  return values.authentication === "PLAIN" || values.user.trim() !== "";
}

/** The port to propose when TLS is switched: a default follows, a port of one's own stays. */
export function portFor(useTls: boolean, current: string): string {
  if (useTls) {
    return current === AMQP_PORT || current === "" ? AMQPS_PORT : current;
  }
  return current === AMQPS_PORT || current === "" ? AMQP_PORT : current;
}

const RANK: Readonly<Record<AccessLevel, number>> = { read_only: 0, guarded: 1, open: 2 };

/** Whether saving would protect a production connection less: Rust does it only while unlocked. */
export function loosens(
  stored: Pick<ConnectionForm, "environment" | "access">,
  values: Pick<Values, "environment" | "access">,
): boolean {
  return (
    stored.environment === "production" &&
    (values.environment !== "production" || RANK[values.access] > RANK[stored.access])
  );
}

/** Whether there is one, or may be: a locked keyring does not tell. */
export function isKept(place: SecretPlace): boolean {
  return place !== "none";
}

/** As [`isKept`]; what nobody knows of is only assumed beside a certificate, which needs one. */
export function mayHaveKey(place: SecretPlace, certificatePem: string): boolean {
  return place === "unknown" ? certificatePem.trim() !== "" : isKept(place);
}

/** Before the keyring answered: there may be one, and what is there stays unless it is changed. */
export const LOOKING: SecretPlaces = { password: "unknown", privateKey: "unknown" };

/** No secret is changed. */
export const KEPT: SecretChanges = {
  password: { change: "keep" },
  privateKey: { change: "keep" },
};

/** Whether somebody changed something, beside secrets: those are not here. */
export function isChanged(values: Values, before: Values): boolean {
  const keys = Object.keys(before) as (keyof Values)[];
  return keys.some((key) => !OF_SECRETS.has(key) && values[key] !== before[key]);
}

const OF_SECRETS: ReadonlySet<keyof Values> = new Set([
  "hasPassword",
  "hasPrivateKey",
  "privateKeyProblem",
] as const);

/** What becomes of the secrets: one that means nothing with these choices is not kept. */
export function secretChanges(
  values: Values,
  entered: SecretChanges,
  places: SecretPlaces,
): SecretChanges {
  const unused = (place: SecretPlace): SecretChange =>
    isKept(place) ? { change: "forget" } : { change: "keep" };
  return {
    password: usesPassword(values) ? entered.password : unused(places.password),
    privateKey: usesTls(values) ? entered.privateKey : unused(places.privateKey),
  };
}

type KafkaForm = Extract<ConnectionForm["broker"], { kind: "kafka" }>;
type RabbitMqForm = Extract<ConnectionForm["broker"], { kind: "rabbitmq" }>;

function kafkaForm(values: Values): KafkaForm {
  const servers = parseEndpoints(values.bootstrapServers);
  return {
    kind: "kafka",
    bootstrapServers: servers.ok
      ? servers.endpoints.map(showEndpoint).join(", ")
      : values.bootstrapServers.trim(),
    security: values.security,
    mechanism: values.mechanism,
    user: usesUser(values) ? values.user.trim() : "",
    tls: tlsForm(values),
  };
}

function rabbitMqForm(values: Values): RabbitMqForm {
  return {
    kind: "rabbitmq",
    host: values.host.trim(),
    port: Number(values.port.trim()),
    vhost: values.vhost,
    authentication: values.authentication,
    user: values.user.trim(),
    useTls: values.useTls,
    tls: tlsForm(values),
    managementUrl: values.managementUrl.trim(),
  };
}

/** What is not used is not kept: an old CA in a profile without TLS helps nobody. */
function tlsForm(values: Values): TlsForm {
  if (!usesTls(values)) {
    return { trust: "system", caPem: "", certificatePem: "", verifyName: true };
  }
  return {
    trust: values.trust,
    caPem: values.trust === "system" ? "" : pem(values.caPem),
    certificatePem: pem(values.certificatePem),
    verifyName: values.verifyName,
  };
}

function pem(text: string): string {
  const lines = text.replace(/\r\n?/gu, "\n").trim();
  return lines === "" ? "" : `${lines}\n`;
}
