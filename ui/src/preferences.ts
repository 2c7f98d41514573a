//! What the person chose about the window. The only module that touches `localStorage`; nothing
//! else is stored there, and never a name, a payload or a secret.
//!
//! A value that cannot be read, or is not of its shape any more, counts as not chosen.

import { useSyncExternalStore } from "react";
import { z } from "@/schema";

const Widths = z.record(z.string(), z.number().finite().positive().max(10_000));

const Shape = z.object({
  theme: z.enum(["system", "dark", "light"]).catch("system"),
  language: z.enum(["system", "en", "fr"]).catch("system"),
  zone: z.enum(["local", "utc", "epoch"]).catch("local"),
  /** Table id → column id → pixels. */
  columns: z.record(z.string(), Widths).catch({}),
  /** Panel id → pixels. */
  panels: Widths.catch({}),
});

export type Preferences = z.infer<typeof Shape>;
export type ThemeChoice = Preferences["theme"];
export type LanguageChoice = Preferences["language"];
export type Zone = Preferences["zone"];

const KEY = "kronos-console.preferences";

function load(): Preferences {
  let stored: unknown = {};
  try {
    stored = JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    // Storage may be switched off or hold something else: start from the defaults.
  }
  const parsed = Shape.safeParse(stored);
  return parsed.success ? parsed.data : Shape.parse({});
}

let current = load();
const listeners = new Set<() => void>();

export function preferences(): Preferences {
  return current;
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // The choice then lasts for this run.
  }
  for (const listener of listeners) listener();
}

/** For tests: forgets every choice. */
export function resetPreferences(): void {
  localStorage.removeItem(KEY);
  current = load();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}
