import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { ToastProvider } from "@/components/Toast/Toast";
import { TextProvider } from "@/i18n";
import { PlatformProvider, type Platform } from "@/platform/platform";

import type { createAppRouter } from "./router";

export interface AppProps {
  platform: Platform;
  client: QueryClient;
  router: ReturnType<typeof createAppRouter>;
}

export function App({ platform, client, router }: AppProps): ReactNode {
  return (
    <TextProvider>
      <QueryClientProvider client={client}>
        <PlatformProvider platform={platform}>
          <ToastProvider>
            <RouterProvider router={router} />
          </ToastProvider>
        </PlatformProvider>
      </QueryClientProvider>
    </TextProvider>
  );
}
