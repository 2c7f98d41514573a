//! The way to Rust. Pages get `commands` from here; nothing else imports the bindings' runtime, so
//! tests and a plain browser can hand in the fake instead.

import { QueryClient, useQueryClient } from "@tanstack/react-query";
import type { Channel } from "@tauri-apps/api/core";
import { createContext, use, useEffect, type ReactNode } from "react";

import type { Changed, commands, Failure, LeaveAsked } from "./bindings";
import { asFailure } from "./failure";

export type Commands = typeof commands;
/** What the two long commands take for their events. */
export type EventChannel<Event> = Channel<Event>;

export interface Platform {
  readonly commands: Commands;
  /** Hears which list changed; gives the way to stop hearing. */
  onChanged(handler: (changed: Changed) => void): () => void;
  /** Hears that the window was asked to close, and that leaving would cost something. */
  onLeaveAsked(handler: (asked: LeaveAsked) => void): () => void;
  /** A channel that calls `handler` with each event, in order. */
  channel<Event>(handler: (event: Event) => void): EventChannel<Event>;
}

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: Failure;
  }
}

/** Commands that throw nothing but `Failure`. */
function strict(commands: Commands): Commands {
  const entries = Object.entries(commands).map(([name, command]) => {
    const call = command as (...args: unknown[]) => Promise<unknown>;
    const wrapped = async (...args: unknown[]): Promise<unknown> => {
      try {
        return await call(...args);
      } catch (error) {
        throw asFailure(error);
      }
    };
    return [name, wrapped];
  });
  // Same names, same signatures: only what is thrown differs.
  return Object.fromEntries(entries) as Commands;
}

export function createPlatform(parts: Platform): Platform {
  return { ...parts, commands: strict(parts.commands) };
}

const PlatformContext = createContext<Platform | null>(null);

export function usePlatform(): Platform {
  const platform = use(PlatformContext);
  if (platform === null) throw new Error("usePlatform outside PlatformProvider");
  return platform;
}

export function useCommands(): Commands {
  return usePlatform().commands;
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // A broker is asked again when someone asks, or when Rust says that something changed: never
      // because a window got the focus, and never again and again after a refusal.
      queries: {
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

export function PlatformProvider(props: { platform: Platform; children: ReactNode }): ReactNode {
  return (
    <PlatformContext value={props.platform}>
      <Listener />
      {props.children}
    </PlatformContext>
  );
}

/** Query keys start with what Rust says has changed: `["connections", …]`, `["holds", …]`. */
function Listener(): null {
  const platform = usePlatform();
  const client = useQueryClient();
  useEffect(
    () => platform.onChanged(({ what }) => void client.invalidateQueries({ queryKey: [what] })),
    [platform, client],
  );
  return null;
}
