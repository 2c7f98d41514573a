//! Keys that work wherever the focus is. A key without Ctrl never fires while someone types, or
//! while a dialog is open.

import { useEffect, useEffectEvent } from "react";

export interface Hotkey {
  /** As in `KeyboardEvent.key`, lower-case. */
  readonly key: string;
  readonly ctrl?: boolean;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest(
      "input:not([type=checkbox]):not([type=radio]), textarea, select, [role=menu], [role=listbox]",
    ) !== null
  );
}

function modalOpen(): boolean {
  return document.querySelector("[role=dialog][data-open]") !== null;
}

/** The newest one that is mounted gets the key. */
const stack: { hotkey: Hotkey; run: () => void }[] = [];

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  const ctrl = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  const found = stack.findLast(
    (entry) => entry.hotkey.key === key && (entry.hotkey.ctrl ?? false) === ctrl,
  );
  if (found === undefined || (!ctrl && (isTyping(event.target) || modalOpen()))) return;
  event.preventDefault();
  found.run();
}

export function useHotkey(
  key: string,
  run: () => void,
  options: { ctrl?: boolean; enabled?: boolean } = {},
): void {
  const { ctrl = false, enabled = true } = options;
  const onKey = useEffectEvent(run);
  useEffect(() => {
    if (!enabled) return;
    const entry = { hotkey: { key, ctrl }, run: () => onKey() };
    if (stack.length === 0) window.addEventListener("keydown", onKeyDown);
    stack.push(entry);
    return () => {
      stack.splice(stack.indexOf(entry), 1);
      if (stack.length === 0) window.removeEventListener("keydown", onKeyDown);
    };
  }, [key, ctrl, enabled]);
}
