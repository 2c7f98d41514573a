import type { ReactNode } from "react";

import styles from "./EmptyState.module.css";

export interface EmptyStateProps {
  title: string;
  /** What would be here and how to get it. */
  children?: ReactNode;
  actions?: ReactNode;
}

export function EmptyState(props: EmptyStateProps): ReactNode {
  return (
    <div className={styles["box"]} role="status">
      <h2>{props.title}</h2>
      {props.children !== undefined && <p>{props.children}</p>}
      {props.actions !== undefined && <div className={styles["actions"]}>{props.actions}</div>}
    </div>
  );
}
