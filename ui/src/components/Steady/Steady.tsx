import type { ReactNode } from "react";

import styles from "./Steady.module.css";

/** Words that get bolder when they are chosen, in a room of one width: nothing beside them moves. */
export function Steady({ children }: { children: string }): ReactNode {
  return (
    <span className={styles["steady"]} data-text={children}>
      {children}
    </span>
  );
}
