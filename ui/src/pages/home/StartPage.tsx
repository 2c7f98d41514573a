import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { FailureState } from "@/components/FailureState/FailureState";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { useCommands } from "@/platform/platform";
import { connectionsQuery } from "@/platform/queries";
import { useRestore } from "@/shell/place";

/** The first address of a run: leads to where the person was last. */
export function StartPage(): ReactNode {
  const { data, error, refetch } = useQuery(connectionsQuery(useCommands()));
  useRestore(data);
  if (error !== null) return <FailureState failure={error} onRetry={() => void refetch()} />;
  return <Skeleton />;
}
