import type { ConnectionSummary } from "@/platform/bindings";

/** Whether changes are allowed on it now. Rust decides; this only says what to offer. */
export function allowsChanges(connection: ConnectionSummary): boolean {
  return connection.access.level !== "read_only" || connection.access.unlocked !== null;
}
