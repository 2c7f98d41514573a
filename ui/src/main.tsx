import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import { createQueryClient, type Platform } from "./platform/platform";
import { tauriPlatform } from "./platform/tauri";
import { createAppRouter } from "./router";

async function platform(): Promise<Platform> {
  // In development only, `?fake` shows the console in a plain browser. The condition is a constant
  // in a build, so that the fake is not part of it.
  if (import.meta.env.DEV && new URLSearchParams(window.location.search).has("fake")) {
    const { createFake } = await import("./platform/fake");
    const { seedActivity } = await import("./platform/fake/activity");
    return createFake((world) => {
      world.latency = 60;
      seedActivity(world, 240);
    });
  }
  return tauriPlatform();
}

// A window opens without an address; one that is loaded again keeps its own.
if (window.location.hash === "") window.history.replaceState(null, "", "#/start");

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App platform={await platform()} client={createQueryClient()} router={createAppRouter()} />
  </StrictMode>,
);
