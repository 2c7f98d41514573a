import type { ReactNode, RefObject } from "react";

import type { DataTableHandle } from "@/components/DataTable/DataTable";
import type { Failure } from "@/platform/bindings";

import type { Asked } from "./query/draft";
import { ReadView } from "./ReadView";
import { SearchView } from "./search/SearchView";

/** What any answer is shown with. */
export interface AnswerProps {
  connection: string;
  compacted: boolean;
  onAgain: () => void;
  /** Why the facts of the topic are not known, or not as they are now. */
  factsFailure: Failure | null;
  onFacts: () => void;
  table: RefObject<DataTableHandle | null>;
}

export interface MessagesProps extends AnswerProps {
  /** A new object starts a new read, or a new search. */
  asked: Asked;
  /** Milliseconds since the epoch; the second is the first that is not of the span. */
  onNarrow: (from: string, to: string) => void;
}

/** What was asked, from its request to its rows. */
export function Messages({ asked, onNarrow, ...rest }: MessagesProps): ReactNode {
  return asked.by === "read" ? (
    <ReadView {...rest} request={asked.request} />
  ) : (
    <SearchView {...rest} request={asked.request} onNarrow={onNarrow} />
  );
}
