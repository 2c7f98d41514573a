import type { ReactNode } from "react";

import { classes } from "../classes";
import styles from "./Badge.module.css";

export interface BadgeProps {
  children: ReactNode;
  /** `count`: beside a tab. `state`: what kind of nothing a value is. */
  kind?: "count" | "state" | "bad";
  title?: string;
}

export function Badge({ children, kind = "count", title }: BadgeProps): ReactNode {
  return (
    <span className={classes(styles["badge"], styles[kind])} title={title}>
      {children}
    </span>
  );
}
