//! What the end of a search proves. "No hits" is a proof only where every offset was looked at and
//! every record could be told; anything less is said as what it is.

import { toBigInt } from "@/format";
import type { MessageKey } from "@/i18n";
import type { PassedOver, SearchCoverage } from "@/platform/bindings";

export type Proof =
  /** Every offset of the range was looked at, and every record told. */
  | "whole"
  /** As far as there is anything left: retention took some. */
  | "gone"
  /** All of it was looked at, but not every record could be told. */
  | "undecided"
  /** Not all of the range was looked at, or nobody knows whether. */
  | "partial";

export function proofOf(coverage: SearchCoverage, undecided: number): Proof {
  const covered = toBigInt(coverage.covered);
  const range = coverage.range === null ? null : toBigInt(coverage.range);
  const isComplete =
    coverage.end === "exhausted" &&
    !coverage.goesOn &&
    coverage.partitions.length === 0 &&
    coverage.failure === null &&
    covered !== null &&
    range !== null &&
    covered >= range;
  if (!isComplete) return "partial";
  if (undecided > 0 || coverage.passedOver.length > 0) return "undecided";
  return coverage.alreadyGone === "0" ? "whole" : "gone";
}

/** The end in words, beside the number of hits. */
export function endingOf(coverage: SearchCoverage, hits: number, undecided: number): MessageKey {
  const proof = proofOf(coverage, undecided);
  if (proof === "partial")
    return coverage.end === "exhausted" ? "search.end.unproven" : `search.end.${coverage.end}`;
  if (proof === "whole" && coverage.range === "0") return "search.end.nothing";
  return hits === 0 ? `search.none.${proof}` : `search.all.${proof}`;
}

/** How many offsets they span. */
export function passedOver(spans: readonly PassedOver[]): bigint {
  return spans.reduce((sum, { offset, last }) => {
    const length = (toBigInt(last) ?? 0n) - (toBigInt(offset) ?? 0n) + 1n;
    return sum + (length > 0n ? length : 1n);
  }, 0n);
}
