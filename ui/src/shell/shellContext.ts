//! What the shell offers to pages: its dialogs.

import { createContext, use } from "react";

export interface ShellActions {
  /** Asks for the reason and unlocks. */
  unlock(connection: string): void;
  openPalette(): void;
  openKeys(): void;
}

export const ShellContext = createContext<ShellActions | null>(null);

export function useShell(): ShellActions {
  const shell = use(ShellContext);
  if (shell === null) throw new Error("useShell outside Shell");
  return shell;
}
