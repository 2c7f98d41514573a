//! The window itself.

import type { Area } from "./world";

export const windowCommands: Area<"contentShown" | "leave"> = (world) => ({
  async contentShown() {
    return null;
  },
  async leave() {
    world.left = true;
    return null;
  },
});
