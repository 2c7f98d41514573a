import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";

import { Badge } from "../Badge/Badge";
import { classes } from "../classes";
import { Steady } from "../Steady/Steady";
import styles from "./Tabs.module.css";

export interface Tab<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** A count beside it, already formatted. */
  readonly count?: string;
}

export interface TabsProps<Value extends string> {
  /** What the tabs are about, for screen readers. */
  label: string;
  value: Value;
  tabs: readonly Tab<Value>[];
  onChange: (value: Value) => void;
  /** What the chosen tab shows. */
  children: ReactNode;
  /** Inside the inspector. */
  narrow?: boolean;
}

export function Tabs<Value extends string>(props: TabsProps<Value>): ReactNode {
  return (
    <Base.Root
      className={styles["root"]}
      value={props.value}
      onValueChange={(value: Value) => props.onChange(value)}
    >
      <Base.List
        className={classes(styles["list"], props.narrow === true && styles["narrow"])}
        aria-label={props.label}
        activateOnFocus
      >
        {props.tabs.map((tab) => (
          <Base.Tab key={tab.value} value={tab.value} className={styles["tab"]}>
            <Steady>{tab.label}</Steady>
            {tab.count !== undefined && <Badge>{tab.count}</Badge>}
          </Base.Tab>
        ))}
      </Base.List>
      <Base.Panel key={props.value} value={props.value} className={styles["panel"]}>
        {props.children}
      </Base.Panel>
    </Base.Root>
  );
}
