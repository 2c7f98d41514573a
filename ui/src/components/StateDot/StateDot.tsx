import type { ReactNode } from "react";

import { classes } from "../classes";
import styles from "./StateDot.module.css";

/** A state as a coloured dot. It says nothing by itself: the state stands in words beside it. */
export function StateDot(props: { tone: "ok" | "bad" | "off" | "busy" | "warn" }): ReactNode {
  return <span className={classes(styles["dot"], styles[props.tone])} aria-hidden />;
}
