//! What the person chose about the window. The only module that touches `localStorage`; nothing
//! else is stored there, and never a name, a payload or a secret: of a place, the connection's id and
//! the kind of page.
//!
//! A value that cannot be read, or is not of its shape any more, counts as not chosen.

import { useSyncExternalStore } from "react";

/** Pixels by the id of a column or a panel. */
export type Widths = Readonly<Record<string, number>>;

/** A list of a connection, or Activity: a place without the name of anything. */
export type LastPlace =
  | { readonly page: "topics" | "queues"; readonly connection: string }
  | { readonly page: "activity" };

const THEMES = ["system", "dark", "light"] as const;
const LANGUAGES = ["system", "en", "fr"] as const;
const ZONES = ["local", "utc", "epoch"] as const;
const LISTS = ["topics", "queues"] as const;

export type ThemeChoice = (typeof THEMES)[number];
export type LanguageChoice = (typeof LANGUAGES)[number];
export type Zone = (typeof ZONES)[number];

export interface Preferences {
  readonly theme: ThemeChoice;
  readonly language: LanguageChoice;
  readonly zone: Zone;
  /** By the id of a table. */
  readonly columns: Readonly<Record<string, Widths>>;
  readonly panels: Widths;
  /** Where the person was last; null is home. */
  readonly place: LastPlace | null;
}

const WIDEST = 10_000;

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word | undefined {
  return words.find((word) => word === value);
}

function widths(value: unknown): Widths {
  const all = Object.entries(fields(value));
  return Object.fromEntries(
    all.filter(
      (entry): entry is [string, number] =>
        typeof entry[1] === "number" && entry[1] > 0 && entry[1] <= WIDEST,
    ),
  );
}

function placeOf(value: unknown): LastPlace | null {
  const { page, connection } = fields(value);
  if (page === "activity") return { page };
  const list = oneOf(LISTS, page);
  return list === undefined || typeof connection !== "string" ? null : { page: list, connection };
}

/** Anything that is not of its shape counts as not chosen. */
export function preferencesOf(stored: unknown): Preferences {
  const { theme, language, zone, columns, panels, place } = fields(stored);
  const tables = Object.entries(fields(columns));
  return {
    theme: oneOf(THEMES, theme) ?? "system",
    language: oneOf(LANGUAGES, language) ?? "system",
    zone: oneOf(ZONES, zone) ?? "local",
    columns: Object.fromEntries(tables.map(([id, table]) => [id, widths(table)])),
    panels: widths(panels),
    place: placeOf(place),
  };
}

const KEY = "kronos-console.preferences";

function load(): Preferences {
  let stored: unknown = {};
  try {
    stored = JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    // Storage may be switched off or hold something else: start from the defaults.
  }
  return preferencesOf(stored);
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
