//! What can be seen to be wrong in a connection before anything is sent. Rust validates again and
//! is the authority; only what applies to the choices made is looked at.

import { z } from "@/schema";
import { hostProblem, parseEndpoints, parsePort } from "./endpoints";
import { problem, readProblem, type ProblemId } from "./problem";
import { usesTls, usesUser, type Values } from "./values";

const NAME_LIMIT = 100;

/** The schema of the form; `taken` are the names of the other connections. */
export function connectionSchema(taken: readonly string[]) {
  const lower = new Set(taken.map((name) => name.trim().toLowerCase()));
  return shape.superRefine((values, context) => {
    const found = (field: keyof Values, id: ProblemId, entry = ""): void => {
      context.addIssue({ code: "custom", path: [field], message: problem(id, entry) });
    };
    checkName(values.name, lower, found);
    if (values.kind === "kafka") {
      checkServers(values, found);
    } else {
      checkNode(values, found);
    }
    checkCredentials(values, found);
    if (usesTls(values)) {
      checkTls(values, found);
    }
  });
}

type Found = (field: keyof Values, id: ProblemId, entry?: string) => void;

const shape = z.object({
  kind: z.enum(["kafka", "rabbitmq"]),
  name: z.string(),
  environment: z.enum(["dev", "staging", "production"]),
  access: z.enum(["read_only", "guarded", "open"]),
  user: z.string(),
  hasPassword: z.boolean(),
  hasPrivateKey: z.boolean(),
  privateKeyProblem: z.string(),
  trust: z.enum(["system", "system_and_ca", "only_ca"]),
  caPem: z.string(),
  certificatePem: z.string(),
  verifyName: z.boolean(),
  bootstrapServers: z.string(),
  security: z.enum(["PLAINTEXT", "SSL", "SASL_SSL"]),
  mechanism: z.enum(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]),
  host: z.string(),
  port: z.string(),
  vhost: z.string(),
  authentication: z.enum(["PLAIN", "EXTERNAL"]),
  useTls: z.boolean(),
  managementUrl: z.string(),
}) satisfies z.ZodType<Values>;

function checkName(name: string, taken: ReadonlySet<string>, found: Found): void {
  const trimmed = name.trim();
  if (trimmed === "") {
    found("name", "connections.problem.name.empty");
  } else if (Array.from(trimmed).length > NAME_LIMIT) {
    found("name", "connections.problem.name.long");
  } else if (/\p{Cc}/u.test(trimmed)) {
    found("name", "connections.problem.name.control");
  } else if (taken.has(trimmed.toLowerCase())) {
    found("name", "connections.problem.name.taken", trimmed);
  }
}

function checkServers(values: Values, found: Found): void {
  const servers = parseEndpoints(values.bootstrapServers);
  if (!servers.ok) {
    found("bootstrapServers", `connections.problem.servers.${servers.problem}`, servers.entry);
  }
}

function checkNode(values: Values, found: Found): void {
  const host = hostProblem(values.host.trim());
  if (host !== null) {
    found(
      "host",
      host === "missing_host" ? "connections.problem.host.empty" : "connections.problem.host.wrong",
    );
  }
  if (parsePort(values.port.trim()) === null) {
    found("port", "connections.problem.port");
  }
  if (values.vhost === "") {
    found("vhost", "connections.problem.vhost.empty");
  }
  if (values.authentication === "EXTERNAL" && !values.useTls) {
    found("authentication", "connections.problem.external.tls");
  }
  const url = managementProblem(values.managementUrl.trim());
  if (url !== null) {
    found("managementUrl", url);
  }
}

function managementProblem(text: string): ProblemId | null {
  if (text === "") {
    return null;
  }
  if (!/^https?:\/\//iu.test(text) || !URL.canParse(text)) {
    return "connections.problem.management.url";
  }
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return "connections.problem.management.credentials";
  }
  return url.search !== "" || url.hash !== "" ? "connections.problem.management.url" : null;
}

function checkCredentials(values: Values, found: Found): void {
  const external = values.kind === "rabbitmq" && values.authentication === "EXTERNAL";
  if (!usesUser(values)) {
    return;
  }
  const named = values.user.trim() !== "";
  if (!named && !external) {
    found("user", "connections.problem.user.empty");
  }
  if (named && !values.hasPassword) {
    found("hasPassword", "connections.problem.password.empty");
  }
}

function checkTls(values: Values, found: Found): void {
  if (values.trust !== "system") {
    const ca =
      values.caPem.trim() === "" ? "connections.problem.ca.empty" : pemProblem(values.caPem);
    if (ca !== null) {
      found("caPem", ca);
    }
  }
  const hasCertificate = values.certificatePem.trim() !== "";
  if (hasCertificate) {
    const certificate = pemProblem(values.certificatePem);
    if (certificate !== null) {
      found("certificatePem", certificate);
    }
  }
  const external = values.kind === "rabbitmq" && values.authentication === "EXTERNAL";
  if (!hasCertificate && external) {
    found("certificatePem", "connections.problem.certificate.external");
  } else if (!hasCertificate && values.hasPrivateKey) {
    found("certificatePem", "connections.problem.certificate.missing");
  }
  if (!values.hasPrivateKey && (hasCertificate || external)) {
    found("hasPrivateKey", "connections.problem.key.missing");
  } else if (values.privateKeyProblem !== "") {
    found("hasPrivateKey", readProblem(values.privateKeyProblem).id);
  }
}

/** What is wrong with a private key, or null. It is looked at here and goes no further. */
export function privateKeyProblem(text: string): ProblemId | null {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/mu.test(text)) {
    return "connections.problem.key.encrypted";
  }
  const begins = /-----BEGIN (?:[A-Z0-9]+ )?PRIVATE KEY-----/u.test(text);
  if (!begins) return "connections.problem.key.none";
  const ends = /-----END (?:[A-Z0-9]+ )?PRIVATE KEY-----/u.test(text);
  return ends ? null : "connections.problem.key.cut";
}

/** A key in a field that is saved in a plain file is the mistake that must be caught here. */
function pemProblem(text: string): ProblemId | null {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/u.test(text)) {
    return "connections.problem.pem.key";
  }
  const begins = text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/gu)?.length ?? 0;
  const ends = text.match(/-----END (?:TRUSTED |X509 )?CERTIFICATE-----/gu)?.length ?? 0;
  if (begins === 0) {
    return "connections.problem.pem.none";
  }
  return begins === ends ? null : "connections.problem.pem.cut";
}
