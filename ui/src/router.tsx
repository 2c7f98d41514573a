//! Every place in the console has an address; the address holds where one is, and nothing else does.
//!
//! The history is in the hash: the app is served from a protocol of its own that knows one page.

import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Link,
  type ErrorComponentProps,
  type RouterHistory,
} from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { EmptyState } from "@/components/EmptyState/EmptyState";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { useText } from "@/i18n";
import { HomePage } from "@/pages/home";
import { StartPage } from "@/pages/home/StartPage";

import { ConnectionGate } from "./shell/ConnectionGate";
import { asFailure } from "./platform/failure";
import { fromPath, toPath } from "./shell/names";
import { Shell } from "./shell/Shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const home = createRoute({ getParentRoute: () => root, path: "/", component: HomePage });

const start = createRoute({ getParentRoute: () => root, path: "/start", component: StartPage });

const activity = createRoute({
  getParentRoute: () => root,
  path: "/activity",
  component: lazyRouteComponent(() => import("@/pages/activity"), "ActivityPage"),
});

const newConnection = createRoute({
  getParentRoute: () => root,
  path: "/connections/new",
  component: lazyRouteComponent(() => import("@/pages/connections"), "ConnectionPage"),
});

const editConnection = createRoute({
  getParentRoute: () => root,
  path: "/connections/$id/edit",
  component: lazyRouteComponent(() => import("@/pages/connections"), "ConnectionPage"),
});

const connection = createRoute({
  getParentRoute: () => root,
  path: "/c/$id",
  component: function Connection(): ReactNode {
    const { id } = connection.useParams();
    return <ConnectionGate id={id} />;
  },
});

interface TopicsSearch {
  /** Part of the name. */
  readonly filter?: string | undefined;
  /** Whether internal topics are listed. */
  readonly internal?: boolean | undefined;
}

const topics = createRoute({
  getParentRoute: () => connection,
  path: "/topics",
  validateSearch: (search: Record<string, unknown>): TopicsSearch => ({
    ...(typeof search["filter"] === "string" && search["filter"] !== ""
      ? { filter: search["filter"] }
      : {}),
    ...(search["internal"] === true ? { internal: true } : {}),
  }),
  component: lazyRouteComponent(() => import("@/pages/topics"), "TopicsPage"),
});

const topic = createRoute({
  getParentRoute: () => connection,
  path: "/topics/$topic",
  params: {
    parse: ({ topic }) => ({ topic: fromPath(topic) }),
    stringify: ({ topic }) => ({ topic: toPath(topic) }),
  },
  component: lazyRouteComponent(() => import("@/pages/topics"), "TopicPage"),
});

const queues = createRoute({
  getParentRoute: () => connection,
  path: "/queues",
  component: lazyRouteComponent(() => import("@/pages/queues"), "QueuesPage"),
});

const queue = createRoute({
  getParentRoute: () => connection,
  path: "/queues/$queue",
  params: {
    parse: ({ queue }) => ({ queue: fromPath(queue) }),
    stringify: ({ queue }) => ({ queue: toPath(queue) }),
  },
  component: lazyRouteComponent(() => import("@/pages/queues"), "QueuePage"),
});

const routeTree = root.addChildren([
  home,
  start,
  activity,
  newConnection,
  editConnection,
  connection.addChildren([topics, topic, queues, queue]),
]);

export function createAppRouter(history: RouterHistory = createHashHistory()) {
  return createRouter({
    routeTree,
    history,
    defaultErrorComponent: Crash,
    defaultPendingComponent: () => <Skeleton />,
    // A page is a few kilobytes on the same disk: fetch it when it is asked for.
    defaultPreload: false,
    defaultPendingMs: 150,
    defaultPendingMinMs: 0,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}

function NotFound(): ReactNode {
  const { t } = useText();
  return (
    <EmptyState title={t("notFound.title")} actions={<Link to="/">{t("notFound.home")}</Link>}>
      {t("notFound.text")}
    </EmptyState>
  );
}

function Crash({ error, reset }: ErrorComponentProps): ReactNode {
  const { t } = useText();
  return (
    <EmptyState
      title={t("crash.title")}
      actions={<Button onClick={reset}>{t("crash.again")}</Button>}
    >
      {t("crash.text", { message: asFailure(error).message })}
    </EmptyState>
  );
}
