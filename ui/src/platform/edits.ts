//! What saving an edit does to what is open of its connection. Rust decides; a form that knows it too
//! can say so before.

import type { ConnectionForm, SecretChanges } from "./bindings";

/** Whether it ends: everything but a new name does that. As Rust's `Directory::edit`. */
export function endsConnection(
  before: ConnectionForm,
  after: ConnectionForm,
  secrets: SecretChanges,
): boolean {
  const kept = secrets.password.change === "keep" && secrets.privateKey.change === "keep";
  return !kept || written({ ...before, name: "" }) !== written({ ...after, name: "" });
}

/** The same for the same values, in whichever order they come. */
function written(form: ConnectionForm): string {
  return JSON.stringify(form, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
