//! The few elements that texts of the queue pages may hold.

import type { ReactNode } from "react";

import { printable } from "@/format";

import styles from "./rich.module.css";

type Part = (parts: ReactNode[]) => ReactNode;

export const bold: Part = (parts) => <b className={styles["bold"]}>{parts}</b>;
/** For what cannot be undone. */
export const strong: Part = (parts) => <b className={styles["bad"]}>{parts}</b>;
export const code: Part = (parts) => <code className={styles["code"]}>{parts}</code>;

/** A broker's or an application's name, as data. */
export function Name({ children }: { children: string }): ReactNode {
  return <code className={styles["code"]}>{printable(children)}</code>;
}
