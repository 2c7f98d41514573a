//! The window itself.

import type { Area } from "./world";

export const windowCommands: Area<"contentShown" | "leave" | "leaveShown" | "setUnsaved"> = (
  world,
) => ({
  async contentShown() {
    return null;
  },
  async leave() {
    world.left = true;
    return null;
  },
  async leaveShown() {
    world.leaveShown += 1;
    return null;
  },
  async setUnsaved(unsaved) {
    world.unsaved = unsaved;
    return null;
  },
});
