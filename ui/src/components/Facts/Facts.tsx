import type { ReactNode } from "react";

import styles from "./Facts.module.css";

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
}

/** Names and values under each other, as in the inspector. */
export function Facts(props: { facts: readonly Fact[]; label?: string }): ReactNode {
  return (
    <dl className={styles["facts"]} aria-label={props.label}>
      {props.facts.map((fact) => (
        <div key={fact.name}>
          <dt>{fact.name}</dt>
          <dd className="selectable">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
