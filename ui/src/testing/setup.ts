//! What happy-dom lacks: sizes. Everything is 1200 × 308, so that virtual lists draw ten rows under
//! their header; many more would only make queries by role slow.

import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";

import { resetPreferences } from "@/preferences";

for (const [name, value] of Object.entries({
  clientHeight: 308,
  clientWidth: 1200,
  offsetHeight: 308,
  offsetWidth: 1200,
}))
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });

// A page is loaded when it is first asked for, which a busy machine may take seconds for.
configure({ asyncUtilTimeout: 10_000 });

beforeEach(() => resetPreferences());
afterEach(() => cleanup());
