//! The platform of the real app.

import { Channel } from "@tauri-apps/api/core";

import { commands, events } from "./bindings";
import { createPlatform, type Platform } from "./platform";

export function tauriPlatform(): Platform {
  return createPlatform({
    commands,
    onChanged: (handler) => {
      const listening = events.changed.listen((event) => handler(event.payload));
      return () => void listening.then((stop) => stop());
    },
    onLeaveAsked: (handler) => {
      const listening = events.leaveAsked.listen((event) => handler(event.payload));
      return () => void listening.then((stop) => stop());
    },
    channel: (handler) => new Channel(handler),
  });
}
