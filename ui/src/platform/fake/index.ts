//! The whole contract in memory, for tests and for `npm run dev` in a plain browser. Never part of
//! the app: nothing but tests and the development entry imports it.

import type { Commands, EventChannel, Platform } from "../platform";
import { createPlatform } from "../platform";
import { accessCommands } from "./access";
import { activityCommands } from "./activity";
import { connectionCommands } from "./connections";
import { company } from "./company";
import { queueCommands } from "./queues";
import { replayCommands } from "./replay";
import { searchCommands } from "./search";
import { topicCommands } from "./topics";
import { windowCommands } from "./window";
import type { World } from "./world";

export interface Fake extends Platform {
  /** To arrange a case, and to look at what was done. */
  readonly world: World;
  /** Every call, oldest first. */
  readonly calls: readonly Call[];
}

export interface Call {
  readonly name: keyof Commands;
  readonly args: readonly unknown[];
}

export function createFake(arrange: (world: World) => void = () => undefined): Fake {
  const world: World = {
    connections: company(),
    holds: new Map(),
    activity: [],
    latency: 0,
    failing: new Map(),
    silent: new Set(),
    slow: new Map(),
    coverage: {},
    searchCoverage: {},
    topicFacts: {},
    listeners: new Set(),
    replays: [],
    leaving: new Set(),
    left: false,
    leaveShown: 0,
    unsaved: false,
  };
  arrange(world);
  const calls: Call[] = [];
  const commands: Commands = {
    ...windowCommands(world),
    ...accessCommands(world),
    ...activityCommands(world),
    ...connectionCommands(world),
    ...queueCommands(world),
    ...replayCommands(world),
    ...searchCommands(world),
    ...topicCommands(world),
  };
  const platform = createPlatform({
    commands: throughWire(world, commands, calls),
    onChanged: (handler) => {
      world.listeners.add(handler);
      return () => world.listeners.delete(handler);
    },
    onLeaveAsked: (handler) => {
      world.leaving.add(handler);
      return () => world.leaving.delete(handler);
    },
    channel: <Event>(handler: (event: Event) => void) =>
      // Only `onmessage` is ever used: the rest of a channel belongs to Tauri's transport.
      ({ onmessage: handler }) as unknown as EventChannel<Event>,
  });
  return { ...platform, world, calls };
}

/** Waits, fails where the world says so, and copies, as the wire does. */
function throughWire(world: World, commands: Commands, calls: Call[]): Commands {
  const entries = Object.entries(commands).map(([name, command]) => {
    const call = command as (...args: unknown[]) => Promise<unknown>;
    return [
      name,
      async (...args: unknown[]): Promise<unknown> => {
        calls.push({ name: name as keyof Commands, args });
        const key = name as keyof Commands;
        if (world.silent.has(key)) return await new Promise(() => undefined);
        const wait = world.slow.get(key) ?? world.latency;
        if (wait > 0) await new Promise((done) => setTimeout(done, wait));
        const failure = world.failing.get(name as keyof Commands);
        if (failure !== undefined) throw failure;
        return structuredClone(await call(...args));
      },
    ];
  });
  return Object.fromEntries(entries) as Commands;
}
