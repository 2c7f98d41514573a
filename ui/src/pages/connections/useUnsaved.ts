//! Tells Rust that something would be lost with the page: closing the window is asked about then. The
//! webview does not ask by itself when its window is closed.

import { useCallback, useEffect, useRef } from "react";

import { useCommands } from "@/platform/platform";

export function useUnsaved(): (unsaved: boolean) => void {
  const commands = useCommands();
  const told = useRef(false);
  const tell = useCallback(
    (unsaved: boolean): void => {
      if (told.current === unsaved) return;
      told.current = unsaved;
      // At worst one question too many or too few, and nothing that a person could do about it.
      commands.setUnsaved(unsaved).catch(() => undefined);
    },
    [commands],
  );
  useEffect(() => () => tell(false), [tell]);
  return tell;
}
