//! Whether stored secrets may still be used after an edit. Rust decides; a form that knows it too can
//! ask for the secret before anything is sent.

import type { ConnectionForm } from "./bindings";

/** Same addresses, trust, mechanism and user: as Rust's `shares_secrets_with`. */
export function sharesSecrets(before: ConnectionForm, after: ConnectionForm): boolean {
  return JSON.stringify(destination(before)) === JSON.stringify(destination(after));
}

/** Without what a secret does not depend on: the client certificate and the virtual host. */
function destination({ broker }: ConnectionForm): unknown {
  const { trust, caPem, verifyName } = broker.tls;
  const tls = [trust, caPem.trim(), verifyName];
  if (broker.kind === "kafka") {
    const servers = broker.bootstrapServers.split(/[\s,;]+/u).filter((server) => server !== "");
    switch (broker.security) {
      case "PLAINTEXT":
        return [servers];
      case "SSL":
        return [servers, tls];
      case "SASL_SSL":
        return [servers, tls, broker.mechanism, broker.user];
    }
  }
  const { host, port, authentication, user, useTls, managementUrl } = broker;
  return [host.trim(), port, authentication, user, useTls && tls, managementUrl.trim()];
}
