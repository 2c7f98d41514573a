//! Where rows of one fixed height are, however many there are.
//!
//! An element taller than 33,554,428 px is cut off by WebKit, so beyond `TALLEST` the scroll bar
//! stands for more than it measures: `offset` is the place in the full height, `scrollTop` the place
//! of the scroll bar, and the two are proportional. Below it they are the same number.
//!
//! Not TanStack Virtual: it keeps 26 bytes a row for heights that differ (260 MB for ten million
//! rows), and ours do not.

/** Pixels; the same as `--row`. */
export const ROW = 28;
/** Pixels; a round number below what WebKit can draw. */
export const TALLEST = 30_000_000;

export interface Geometry {
  readonly count: number;
  /** Of the part that shows rows. */
  readonly viewport: number;
  /** Of all rows. */
  readonly full: number;
  /** Of the element that the scroll bar measures. */
  readonly height: number;
}

export function geometry(count: number, viewport: number): Geometry {
  const full = count * ROW;
  return { count, viewport, full, height: Math.min(full, TALLEST) };
}

export function isScaled(g: Geometry): boolean {
  return g.full > g.height;
}

const furthest = (length: number, viewport: number): number => Math.max(0, length - viewport);

export function clampOffset(offset: number, g: Geometry): number {
  return Math.min(furthest(g.full, g.viewport), Math.max(0, offset));
}

export function offsetOf(scrollTop: number, g: Geometry): number {
  if (!isScaled(g)) return clampOffset(scrollTop, g);
  return clampOffset(
    (scrollTop / furthest(g.height, g.viewport)) * furthest(g.full, g.viewport),
    g,
  );
}

export function scrollTopOf(offset: number, g: Geometry): number {
  if (!isScaled(g)) return offset;
  return (offset / furthest(g.full, g.viewport)) * furthest(g.height, g.viewport);
}

export interface RowRange {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
}

/** Rows that show at `offset`, with `spare` more on either side. */
export function rowsAt(offset: number, g: Geometry, spare: number): RowRange {
  const first = Math.max(0, Math.floor(offset / ROW) - spare);
  const end = Math.min(g.count, Math.ceil((offset + g.viewport) / ROW) + spare);
  return { first: Math.min(first, end), end };
}

/** The offset at which `row` is wholly in view, as near as possible to `offset`. */
export function offsetShowing(row: number, offset: number, g: Geometry): number {
  const top = row * ROW;
  if (top < offset) return clampOffset(top, g);
  if (top + ROW > offset + g.viewport) return clampOffset(top + ROW - g.viewport, g);
  return offset;
}
