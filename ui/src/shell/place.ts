//! Where the person was last: remembered while the console runs, gone to when it starts.

import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";

import type { ConnectionSummary } from "@/platform/bindings";
import { preferences, setPreferences, type LastPlace } from "@/preferences";

interface Match {
  readonly routeId: string;
  readonly params: { readonly id?: string };
}

/** The place to remember of the pages that are open; undefined where it is none. */
export function placeOf(matches: readonly Match[]): LastPlace | null | undefined {
  const last = matches.at(-1);
  const connection = last?.params.id;
  switch (last?.routeId) {
    case "/":
      return null;
    case "/activity":
      return { page: "activity" };
    case "/c/$id/topics":
    case "/c/$id/topics/$topic":
      return connection === undefined ? undefined : { page: "topics", connection };
    case "/c/$id/queues":
    case "/c/$id/queues/$queue":
      return connection === undefined ? undefined : { page: "queues", connection };
    default:
      // A form, or nowhere: nobody wants to start there.
      return undefined;
  }
}

export function useRememberedPlace(): void {
  const matches = useRouterState({ select: (state) => state.matches });
  const place = placeOf(matches as readonly Match[]);
  const text = JSON.stringify(place);
  useEffect(() => {
    if (text === undefined) return;
    const now = JSON.parse(text) as LastPlace | null;
    if (JSON.stringify(preferences().place) !== text) setPreferences({ place: now });
  }, [text]);
}

/** Goes to where the person was, or home where that is no more. */
export function useRestore(connections: readonly ConnectionSummary[] | undefined): void {
  const navigate = useNavigate();
  useEffect(() => {
    if (connections === undefined) return;
    const { place } = preferences();
    const kinds = { topics: "kafka", queues: "rabbitmq" } as const;
    if (place?.page === "activity") void navigate({ to: "/activity", replace: true });
    else if (
      place !== null &&
      connections.some(({ id, broker }) => id === place.connection && broker === kinds[place.page])
    )
      void navigate({
        to: place.page === "topics" ? "/c/$id/topics" : "/c/$id/queues",
        params: { id: place.connection },
        replace: true,
      });
    else void navigate({ to: "/", replace: true });
  }, [connections, navigate]);
}
