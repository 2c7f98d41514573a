import type { ReactNode } from "react";

import { FailureLine } from "@/components/FailureState/FailureState";
import type { Failure } from "@/platform/bindings";

export interface FactsFailureProps {
  /** Why the facts of the topic are not known. */
  failure: Failure | null;
  /** What is told already: said once is enough. */
  told: Failure | null;
  onRetry: () => void;
}

export function FactsFailure({ failure, told, onRetry }: FactsFailureProps): ReactNode {
  if (failure === null) return null;
  if (told !== null && failure.code === told.code && failure.message === told.message) return null;
  return <FailureLine failure={failure} onRetry={onRetry} />;
}
