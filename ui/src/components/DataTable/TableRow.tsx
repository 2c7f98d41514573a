import { Check } from "lucide-react";
import type { MouseEvent, ReactNode } from "react";

import { useText } from "@/i18n";

import checkbox from "../Checkbox/Checkbox.module.css";
import { classes } from "../classes";
import type { Column } from "./columns";
import styles from "./DataTable.module.css";

export interface TableRowProps<Row> {
  id: string;
  index: number;
  row: Row | undefined;
  top: number;
  columns: readonly Column<Row>[];
  widths: Readonly<Record<string, number>>;
  active: boolean;
  /** Null where rows cannot be selected. */
  selected: boolean | null;
  onClick: (event: MouseEvent, index: number) => void;
  onCheck: (event: MouseEvent) => void;
}

export function TableRow<Row>(props: TableRowProps<Row>): ReactNode {
  const { t } = useText();
  const { row, index, selected } = props;
  return (
    // The grid has the keyboard: a row is pointed at, never focused.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={props.id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected ?? props.active}
      aria-busy={row === undefined}
      className={classes(styles["row"], props.active && styles["active"])}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={(event) => props.onClick(event, index)}
    >
      {selected !== null && (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
        <div
          role="gridcell"
          className={styles["check"]}
          onClick={(event) => {
            event.stopPropagation();
            props.onCheck(event);
          }}
        >
          <span
            role="checkbox"
            tabIndex={-1}
            aria-checked={selected}
            aria-label={t("common.selectRow", { row: index + 1 })}
            className={checkbox["box"]}
            data-checked={selected ? "" : undefined}
          >
            {selected && (
              <Check className={checkbox["mark"]} size={11} strokeWidth={3} aria-hidden />
            )}
          </span>
        </div>
      )}
      {props.columns.map((column) => {
        const width = props.widths[column.id] ?? column.width;
        return (
          <div
            key={column.id}
            role="gridcell"
            className={classes(styles["cell"], column.align === "end" && styles["end"])}
            style={column.grow === true ? { flex: `1 0 ${width}px` } : { width }}
          >
            {row === undefined ? <i className={styles["wait"]} /> : column.cell(row, index)}
          </div>
        );
      })}
    </div>
  );
}
