//! Unlock and lock.

import type { AccessState } from "../bindings";
import { connectionOf, emit, fail, note, type Area, type FakeConnection } from "./world";

export function accessOf(connection: FakeConnection): AccessState {
  return { level: connection.form.access, unlocked: connection.unlocked };
}

export const accessCommands: Area<"lock" | "unlock"> = (world) => ({
  async lock(id) {
    const connection = connectionOf(world, id);
    connection.unlocked = null;
    emit(world, "connections");
    return accessOf(connection);
  },
  async unlock(id, reason, minutes) {
    const connection = connectionOf(world, id);
    if (reason.trim() === "") throw fail("invalid", "the reason is empty");
    connection.unlocked = { reason, remainingSeconds: minutes * 60 };
    note(world, connection, { action: "unlock", object: id, count: null, outcome: "done", reason });
    emit(world, "connections");
    return accessOf(connection);
  },
});
