//! Renders as the app does, with the fake behind it.

import { createMemoryHistory } from "@tanstack/react-router";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, type RenderResult } from "@testing-library/react";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import type { ReactNode } from "react";

import { App } from "@/App";
import { ToastPlace, ToastProvider } from "@/components/Toast/Toast";
import { TextProvider, type Language } from "@/i18n";
import { createFake, type Fake } from "@/platform/fake";
import type { World } from "@/platform/fake/world";
import { createQueryClient, PlatformProvider } from "@/platform/platform";
import { setPreferences } from "@/preferences";
import { createAppRouter } from "@/router";

export interface Rendered extends RenderResult {
  readonly fake: Fake;
  readonly user: UserEvent;
}

export interface RenderOptions {
  arrange?: (world: World) => void;
  /** English unless told. */
  language?: Language;
}

/** The whole app at an address such as `/c/orders-prod/topics`. */
export function renderApp(
  address: string,
  options: RenderOptions = {},
): Rendered & { router: ReturnType<typeof createAppRouter> } {
  setPreferences({ language: options.language ?? "en" });
  const fake = createFake(options.arrange);
  const router = createAppRouter(createMemoryHistory({ initialEntries: [address] }));
  const result = render(<App platform={fake} client={createQueryClient()} router={router} />);
  return { ...result, fake, router, user: userEvent.setup() };
}

/** One component, with texts, queries and the fake around it. */
export function renderPart(part: ReactNode, options: RenderOptions = {}): Rendered {
  setPreferences({ language: options.language ?? "en" });
  const fake = createFake(options.arrange);
  const result = render(
    <TextProvider>
      <QueryClientProvider client={createQueryClient()}>
        <PlatformProvider platform={fake}>
          <ToastProvider>
            {part}
            <ToastPlace />
          </ToastProvider>
        </PlatformProvider>
      </QueryClientProvider>
    </TextProvider>,
  );
  return { ...result, fake, user: userEvent.setup() };
}
