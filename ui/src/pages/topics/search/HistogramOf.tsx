import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { FailureLine } from "@/components/FailureState/FailureState";
import { useCommands } from "@/platform/platform";

import { Histogram, type HistogramProps } from "./Histogram";

export interface HistogramOfProps extends Pick<HistogramProps, "onNarrow"> {
  resultSet: string;
  /** It is asked for again with another number of hits, and at each end. */
  hits: number;
  settled: number;
}

/** The histogram of a search, as far as it is. */
export function HistogramOf(props: HistogramOfProps): ReactNode {
  const { resultSet, hits, settled } = props;
  const commands = useCommands();
  const histogram = useQuery({
    queryKey: ["histogram", resultSet, hits, settled],
    queryFn: () => commands.getHistogram(resultSet),
    // The one before stays until the next came.
    placeholderData: (before, query) => (query?.queryKey[1] === resultSet ? before : undefined),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (histogram.error !== null)
    return <FailureLine failure={histogram.error} onRetry={() => void histogram.refetch()} />;
  // One bar says no more than the rows do.
  if (histogram.data === undefined || histogram.data.counts.length === 1) return null;
  return <Histogram histogram={histogram.data} onNarrow={props.onNarrow} />;
}
