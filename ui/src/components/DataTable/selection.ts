//! Which rows are selected, as ranges: selecting a million rows costs one of them.

export interface Range {
  readonly from: number;
  /** One past the last. */
  readonly end: number;
}

/** Sorted, apart from each other. */
export type Selection = readonly Range[];

export const nothing: Selection = [];

export function everything(count: number): Selection {
  return count === 0 ? nothing : [{ from: 0, end: count }];
}

export function isSelected(selection: Selection, row: number): boolean {
  return selection.some((range) => row >= range.from && row < range.end);
}

export function sizeOf(selection: Selection): number {
  return selection.reduce((sum, range) => sum + range.end - range.from, 0);
}

export function rowsOf(selection: Selection): number[] {
  return selection.flatMap(({ from, end }) =>
    Array.from({ length: end - from }, (_, index) => from + index),
  );
}

/** With the rows between `a` and `b`, both included, in either order. */
export function withRange(selection: Selection, a: number, b: number): Selection {
  let from = Math.min(a, b);
  let end = Math.max(a, b) + 1;
  const apart: Range[] = [];
  for (const range of selection) {
    if (range.end < from || range.from > end) apart.push(range);
    else {
      from = Math.min(from, range.from);
      end = Math.max(end, range.end);
    }
  }
  return [...apart, { from, end }].toSorted((x, y) => x.from - y.from);
}

export function without(selection: Selection, row: number): Selection {
  return selection.flatMap((range) => {
    if (row < range.from || row >= range.end) return [range];
    const parts = [
      { from: range.from, end: row },
      { from: row + 1, end: range.end },
    ];
    return parts.filter((part) => part.end > part.from);
  });
}

export function toggled(selection: Selection, row: number): Selection {
  return isSelected(selection, row) ? without(selection, row) : withRange(selection, row, row);
}
