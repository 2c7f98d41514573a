//! Everywhere the palette can go: connections, topics and queues whose lists were opened, actions.

import { useQueryClient } from "@tanstack/react-query";
import type { NavigateOptions } from "@tanstack/react-router";
import { useMemo } from "react";

import { printable } from "@/format";
import { useText } from "@/i18n";
import type { BrokerKind, Environment, QueuePage, TopicRow } from "@/platform/bindings";
import { useConnections } from "@/platform/queries";
import { setPreferences } from "@/preferences";

import { useShell } from "./shellContext";

export type PlaceKind = "connections" | "topics" | "queues" | "actions";

export type Target =
  | { readonly to: "page"; readonly link: NavigateOptions }
  | { readonly to: "unlock" | "lock"; readonly connection: string }
  | { readonly to: "do"; readonly run: () => void };

export interface Place {
  readonly id: string;
  readonly kind: PlaceKind;
  readonly label: string;
  readonly note?: string;
  /** Of the connection itself or of the one it is on. */
  readonly environment?: Environment;
  /** Of a connection. */
  readonly broker?: BrokerKind;
  /** Words it is found by besides its name and its note. */
  readonly words?: string;
  /** Kafka's own topics: as in their list, only for someone who asks. */
  readonly internal?: boolean;
  readonly target: Target;
}

export interface PlaceGroup {
  readonly kind: PlaceKind;
  readonly items: readonly Place[];
  /** How many there are besides. */
  readonly more: number;
}

/** Shown of each kind; more would have to be read rather than seen. */
const MOST = 12;
/** The same while nothing is typed: room for every kind. */
const MOST_UNASKED = 5;
const KINDS: readonly PlaceKind[] = ["connections", "topics", "queues", "actions"];

/** 0 is best; null is no match. All the words have to occur, in the name or the note. */
export function rank(place: Place, text: string): number | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return 0;
  const label = place.label.toLowerCase();
  if (label === wanted) return 0;
  if (label.startsWith(wanted)) return 1;
  if (label.includes(wanted)) return 2;
  const all = `${label} ${place.note ?? ""} ${place.words ?? ""}`.toLowerCase();
  return wanted.split(/\s+/).every((word) => all.includes(word)) ? 3 : null;
}

interface Ranked {
  readonly place: Place;
  readonly found: number;
}

const byFit = (a: Ranked, b: Ranked): number =>
  a.found - b.found || a.place.label.length - b.place.label.length;

export function matching(places: readonly Place[], text: string): PlaceGroup[] {
  const asked = text.trim() !== "";
  const ranked = places.flatMap((place) => {
    const found = rank(place, text);
    return found === null ? [] : [{ place, found }];
  });
  return KINDS.flatMap((kind) => {
    const found = ranked.filter(
      ({ place }) => place.kind === kind && (asked || place.internal !== true),
    );
    const items = (asked ? found.toSorted(byFit) : found)
      .slice(0, asked ? MOST : MOST_UNASKED)
      .map(({ place }) => place);
    return items.length === 0 ? [] : [{ kind, items, more: found.length - items.length }];
  });
}

function isQueuePage(data: unknown): data is QueuePage {
  return typeof data === "object" && data !== null && "rows" in data && "total" in data;
}

export function usePlaces(): readonly Place[] {
  const { t } = useText();
  const shell = useShell();
  const connections = useConnections();
  const client = useQueryClient();
  return useMemo(() => {
    const places: Place[] = [];
    const seen = new Set<string>();
    const add = (place: Place): void => {
      if (seen.has(place.id)) return;
      seen.add(place.id);
      places.push(place);
    };
    for (const { id, name, broker, environment, access, state } of connections) {
      const connection = printable(name);
      add({
        id: `connection ${id}`,
        kind: "connections",
        label: connection,
        broker,
        note: t(`common.broker.${broker}`),
        environment,
        words: t(`common.environment.${environment}`),
        target: {
          to: "page",
          link: { to: broker === "kafka" ? "/c/$id/topics" : "/c/$id/queues", params: { id } },
        },
      });
      for (const [, topics] of client.getQueriesData<TopicRow[]>({ queryKey: ["topics", id] })) {
        if (!Array.isArray(topics)) continue;
        for (const topic of topics)
          add({
            id: `topic ${id} ${topic.name}`,
            kind: "topics",
            label: printable(topic.name),
            note: connection,
            environment,
            internal: topic.internal,
            target: {
              to: "page",
              link: { to: "/c/$id/topics/$topic", params: { id, topic: topic.name } },
            },
          });
      }
      for (const [, page] of client.getQueriesData({ queryKey: ["queues", id] })) {
        if (!isQueuePage(page)) continue;
        for (const queue of page.rows)
          add({
            id: `queue ${id} ${queue.name}`,
            kind: "queues",
            label: printable(queue.name),
            note: connection,
            environment,
            target: {
              to: "page",
              link: { to: "/c/$id/queues/$queue", params: { id, queue: queue.name } },
            },
          });
      }
      if (access.unlocked !== null)
        add({
          id: `lock ${id}`,
          kind: "actions",
          label: t("palette.lock", { name: connection }),
          environment,
          target: { to: "lock", connection: id },
        });
      else if (access.level === "read_only" && state.state === "open")
        add({
          id: `unlock ${id}`,
          kind: "actions",
          label: t("palette.unlock", { name: connection }),
          environment,
          target: { to: "unlock", connection: id },
        });
      add({
        id: `edit ${id}`,
        kind: "actions",
        label: t("palette.edit", { name: connection }),
        environment,
        target: { to: "page", link: { to: "/connections/$id/edit", params: { id } } },
      });
    }
    const action = (id: string, label: string, target: Target): void =>
      add({ id, kind: "actions", label, target });
    action("new", t("shell.addConnection"), { to: "page", link: { to: "/connections/new" } });
    action("activity", t("shell.activity"), { to: "page", link: { to: "/activity" } });
    for (const theme of ["system", "dark", "light"] as const)
      action(`theme ${theme}`, t("palette.theme", { theme: t(`settings.theme.${theme}`) }), {
        to: "do",
        run: () => setPreferences({ theme }),
      });
    for (const zone of ["local", "utc", "epoch"] as const)
      action(`zone ${zone}`, t("palette.zone", { zone: t(`settings.zone.${zone}`) }), {
        to: "do",
        run: () => setPreferences({ zone }),
      });
    action("keys", t("palette.keys"), { to: "do", run: shell.openKeys });
    return places;
  }, [connections, client, t, shell]);
}
