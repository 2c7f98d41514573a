//! The table of the console: fixed rows of 28 px, only those in view are drawn, and they come one
//! window at a time. It never holds all rows, and nothing in it depends on how many there are.

import {
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
} from "react";

import { setPreferences, usePreferences } from "@/preferences";

import { EDGE, GAP, rowWidth, type Column } from "./columns";
import styles from "./DataTable.module.css";
import { ROW, rowsAt } from "./geometry";
import { HeaderRow } from "./HeaderRow";
import { moveOf } from "./keys";
import { TableRow } from "./TableRow";
import {
  everything,
  isSelected,
  nothing,
  sizeOf,
  toggled,
  withRange,
  type Selection,
} from "./selection";
import { useScroll } from "./useScroll";

export type { Column } from "./columns";
export * from "./selection";

export interface DataTableHandle {
  focus(): void;
}

export interface DataTableProps<Row> {
  /** Under which the widths are remembered. */
  id: string;
  /** What is listed, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  count: number;
  /** Undefined while it is on its way. */
  rowAt: (index: number) => Row | undefined;
  /** Rows `from` to `from + count` are in view, or nearly. A stable function: a new one is told. */
  onWindow?: (from: number, count: number) => void;
  /** The row with the cursor. */
  active: number | null;
  onActive: (index: number) => void;
  /** Enter or a click. */
  onInspect?: (index: number) => void;
  /** Present where rows can be selected: shows the boxes. */
  selection?: Selection;
  onSelection?: (selection: Selection) => void;
  /** Any other key; true where it was used. */
  onKey?: (key: string, active: number | null) => boolean;
  /** Shown where there are no rows. */
  empty?: ReactNode;
  ref?: Ref<DataTableHandle>;
}

/** Rows drawn beyond the edges, so that a small scroll shows no gap. */
const SPARE = 8;

export function DataTable<Row>({ ref, ...props }: DataTableProps<Row>): ReactNode {
  const { columns, count, active, onActive, onInspect, onWindow } = props;
  const { columns: remembered } = usePreferences();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const scroll = useScroll(box, count, ROW);
  const { first, end } = rowsAt(scroll.place.offset, scroll.g, SPARE);
  const selection = props.selection ?? nothing;
  const selectable = props.onSelection !== undefined;
  const anchor = useRef<{ row: number; base: Selection } | null>(null);
  /** What was told last: where `selection` is another one, someone else chose or cleared it. */
  const told = useRef<Selection | null>(null);

  useImperativeHandle(ref, () => ({ focus: () => box.current?.focus() }), []);

  const measured = scroll.g.viewport > 0;
  useEffect(() => {
    if (measured && end > first) onWindow?.(first, end - first);
  }, [onWindow, measured, first, end]);

  const widths = remembered[props.id] ?? {};
  const widthOf = (column: Column<Row>): number => widths[column.id] ?? column.width;

  const least = rowWidth(columns.map(widthOf), selectable);
  const style = { "--edge": `${EDGE}px`, "--cell-gap": `${GAP}px` } as CSSProperties;

  const tell = (next: Selection): void => {
    told.current = next;
    props.onSelection?.(next);
  };
  const select = (next: Selection, row: number): void => {
    anchor.current = { row, base: next };
    tell(next);
  };
  const extend = (row: number): void => {
    const own = told.current === selection ? anchor.current : null;
    const from = own ?? { row: active ?? row, base: selection };
    anchor.current = from;
    tell(withRange(from.base, from.row, row));
  };

  const move = (row: number, extending: boolean): void => {
    if (extending && selectable) extend(row);
    else anchor.current = null;
    onActive(row);
    scroll.show(row);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    // Keys belong to what has the focus inside: a box, a handle.
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor(scroll.g.viewport / ROW) - 1);
    const to = moveOf(event, active, count, page);
    if (to !== null) move(to, event.shiftKey);
    else if (event.key === "Enter" && active !== null && onInspect !== undefined) onInspect(active);
    else if (event.key === " " && active !== null && selectable) {
      if (event.shiftKey) extend(active);
      else select(toggled(selection, active), active);
    } else if (event.key === "a" && (event.ctrlKey || event.metaKey) && selectable)
      select(everything(count), active ?? 0);
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (props.onKey?.(event.key, active) !== true) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onRowClick = (event: MouseEvent, row: number): void => {
    box.current?.focus({ preventScroll: true });
    if (selectable && event.shiftKey) extend(row);
    else if (selectable && (event.ctrlKey || event.metaKey)) select(toggled(selection, row), row);
    else {
      anchor.current = null;
      onInspect?.(row);
    }
    onActive(row);
  };

  const selected = sizeOf(selection);
  const rows = Array.from({ length: end - first }, (_, step) => first + step);

  return (
    <div
      ref={box}
      role="grid"
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length + (selectable ? 1 : 0)}
      aria-multiselectable={selectable}
      aria-activedescendant={
        active !== null && active >= first && active < end ? `${id}-${active}` : undefined
      }
      tabIndex={0}
      style={style}
      className={styles["grid"]}
      onScroll={scroll.onScroll}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        if (event.target === event.currentTarget && active === null && count > 0) onActive(first);
      }}
    >
      <HeaderRow
        columns={columns}
        least={least}
        widthOf={widthOf}
        onResize={(column, width) =>
          setPreferences({
            columns: { ...remembered, [props.id]: { ...widths, [column.id]: width } },
          })
        }
        select={
          selectable
            ? {
                checked: count > 0 && selected === count,
                mixed: selected > 0 && selected < count,
                onChange: (all) => select(all ? everything(count) : nothing, active ?? 0),
              }
            : null
        }
      />
      {count === 0 ? (
        props.empty
      ) : (
        <div
          role="rowgroup"
          className={styles["rows"]}
          style={{ height: scroll.g.height, minWidth: least }}
        >
          {rows.map((row) => (
            <TableRow
              key={row}
              id={`${id}-${row}`}
              index={row}
              row={props.rowAt(row)}
              top={row * ROW - scroll.place.offset + scroll.place.scrollTop}
              columns={columns}
              widths={widths}
              active={row === active}
              selected={selectable ? isSelected(selection, row) : null}
              onClick={onRowClick}
              onCheck={(event) => {
                if (event.shiftKey) extend(row);
                else select(toggled(selection, row), row);
                onActive(row);
              }}
            />
          ))}
        </div>
      )}
    </div>
  );
}
