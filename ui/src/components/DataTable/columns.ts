import type { ReactNode } from "react";

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  /** Pixels before anyone changed it. */
  readonly width: number;
  /** Takes what the others leave; `width` is then the least. One column of a table. */
  readonly grow?: boolean;
  /** Numbers stand at the end. */
  readonly align?: "start" | "end";
  readonly cell: (row: Row, index: number) => ReactNode;
  /** Present where the table can be sorted by it. */
  readonly sort?: {
    readonly direction: "ascending" | "descending" | null;
    readonly onSort: () => void;
  };
}

export const MIN_WIDTH = 32;
export const MAX_WIDTH = 1200;

/** Pixels; given to the style sheet, so that both agree. */
export const GAP = 12;
export const EDGE = 16;
export const CHECK = 14;

/** What a row needs at least. */
export function rowWidth(widths: readonly number[], selectable: boolean): number {
  const cells = selectable ? [CHECK, ...widths] : widths;
  const gaps = GAP * Math.max(0, cells.length - 1);
  return cells.reduce((sum, width) => sum + width, gaps + 2 * EDGE);
}

export function boundedWidth(width: number): number {
  return Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));
}
