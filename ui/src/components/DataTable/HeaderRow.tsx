import { ArrowDown, ArrowUp } from "lucide-react";
import { useState, type ReactNode } from "react";

import { useText } from "@/i18n";

import { Checkbox } from "../Checkbox/Checkbox";
import { classes } from "../classes";
import { boundedWidth, MAX_WIDTH, MIN_WIDTH, type Column } from "./columns";
import styles from "./DataTable.module.css";

export interface HeaderRowProps<Row> {
  columns: readonly Column<Row>[];
  /** Pixels that a row needs at least. */
  least: number;
  widthOf: (column: Column<Row>) => number;
  onResize: (column: Column<Row>, width: number) => void;
  select: { checked: boolean; mixed: boolean; onChange: (all: boolean) => void } | null;
}

export function HeaderRow<Row>(props: HeaderRowProps<Row>): ReactNode {
  const { t } = useText();
  const growing = props.columns.findIndex((column) => column.grow === true);
  return (
    <div
      role="row"
      aria-rowindex={1}
      className={styles["header"]}
      style={{ minWidth: props.least }}
    >
      {props.select !== null && (
        <div role="columnheader" className={styles["check"]}>
          <Checkbox
            label={t("common.selectAll")}
            checked={props.select.checked}
            mixed={props.select.mixed}
            onChange={props.select.onChange}
          />
        </div>
      )}
      {props.columns.map((column, index) => {
        const width = props.widthOf(column);
        const sort = column.sort;
        return (
          <div
            key={column.id}
            role="columnheader"
            aria-sort={sort === undefined ? undefined : (sort.direction ?? "none")}
            className={classes(styles["cell"], column.align === "end" && styles["end"])}
            style={column.grow === true ? { flex: `1 0 ${width}px` } : { width }}
          >
            {sort === undefined ? (
              <span className={styles["title"]}>{column.header}</span>
            ) : (
              <button type="button" className={styles["sort"]} onClick={sort.onSort}>
                {column.header}
                {sort.direction === "ascending" && <ArrowUp size={11} aria-hidden />}
                {sort.direction === "descending" && <ArrowDown size={11} aria-hidden />}
              </button>
            )}
            {column.grow !== true && (
              <ResizeHandle
                label={t("common.resizeColumn", { column: column.header })}
                width={width}
                // Behind the growing column a cell keeps its right edge: its left one moves.
                side={growing !== -1 && index > growing ? "start" : "end"}
                onResize={(next) => props.onResize(column, next)}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

interface ResizeHandleProps {
  label: string;
  width: number;
  side: "start" | "end";
  onResize: (width: number) => void;
}

const STEP = 8;

function ResizeHandle({ label, width, side, onResize }: ResizeHandleProps): ReactNode {
  const [start, setStart] = useState<{ x: number; width: number } | null>(null);
  const sign = side === "end" ? 1 : -1;
  return (
    <span
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={MIN_WIDTH}
      aria-valuemax={MAX_WIDTH}
      tabIndex={0}
      className={classes(styles["resize"], side === "start" && styles["before"])}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        setStart({ x: event.clientX, width });
      }}
      onPointerMove={(event) => {
        if (start !== null) onResize(boundedWidth(start.width + sign * (event.clientX - start.x)));
      }}
      onPointerUp={() => setStart(null)}
      onPointerCancel={() => setStart(null)}
      onKeyDown={(event) => {
        if (event.key === "ArrowRight") onResize(boundedWidth(width + STEP));
        else if (event.key === "ArrowLeft") onResize(boundedWidth(width - STEP));
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
