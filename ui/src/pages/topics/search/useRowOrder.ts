import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { failureText } from "@/components/FailureState/words";
import { useToast } from "@/components/Toast/Toast";
import { useText } from "@/i18n";
import type { RowOrder } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";

import type { Sort } from "../columns";

export interface UsedRowOrder {
  readonly sort: Sort;
  /** Another number: rows are at other places. */
  readonly revision: number;
  /** Another order is being made. */
  readonly isOrdering: boolean;
}

interface Made {
  readonly order: RowOrder;
  readonly settled: number;
}

/**
 * The order of the rows of a result set, which Rust makes: it is the one said once it is made, and
 * that of time whenever the search was `settled` since.
 */
export function useRowOrder(
  resultSet: string | null,
  newestFirst: boolean,
  settled: number,
): UsedRowOrder {
  const text = useText();
  const commands = useCommands();
  const toast = useToast();
  const [made, setMade] = useState<Made | null>(null);
  const [orderings, setOrderings] = useState(0);
  const { mutate, isPending } = useMutation({
    // One after the other: the last one asked for is the last one made.
    scope: { id: `order ${resultSet}` },
    mutationFn: async (order: RowOrder) => {
      if (resultSet !== null) await commands.orderRows(resultSet, order);
    },
    onSuccess: (_, order) => {
      setMade({ order, settled });
      setOrderings((count) => count + 1);
    },
    onError: (failure) => toast(failureText(text, failure), "bad"),
  });
  const chosen = made?.settled === settled ? made.order : null;
  const sort = useMemo(
    () => ({ order: chosen ?? { by: "time" as const, descending: newestFirst }, onOrder: mutate }),
    [chosen, newestFirst, mutate],
  );
  return { sort, revision: settled + orderings, isOrdering: isPending };
}
