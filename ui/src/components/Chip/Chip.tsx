import type { ReactNode } from "react";

import { classes } from "../classes";
import styles from "./Chip.module.css";

export interface ChipProps {
  children: ReactNode;
  tone?: "plain" | "held" | "bad" | "warn" | "ok";
  /** The exact value, or what the fact means. */
  title?: string;
}

/** A fact in the head of a page. */
export function Chip({ children, tone = "plain", title }: ChipProps): ReactNode {
  return (
    <span className={classes(styles["chip"], styles[tone])} title={title}>
      {children}
    </span>
  );
}
