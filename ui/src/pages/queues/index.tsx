import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useConnection } from "@/platform/queries";

import { QueueView } from "./QueuePage";
import { QueueListView } from "./QueuesPage";

export function QueuesPage(): ReactNode {
  const { id } = useParams({ from: "/c/$id/queues" });
  const connection = useConnection(id);
  return connection === undefined ? null : <QueueListView key={id} connection={connection} />;
}

export function QueuePage(): ReactNode {
  const { id, queue } = useParams({ from: "/c/$id/queues/$queue" });
  const connection = useConnection(id);
  if (connection === undefined) return null;
  return <QueueView key={`${id}\n${queue}`} connection={connection} queue={queue} />;
}
