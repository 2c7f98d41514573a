import { Field as Base } from "@base-ui/react/field";
import type { ReactNode } from "react";

import { classes } from "../classes";
import styles from "./Field.module.css";

export interface FieldProps {
  label: string;
  /** One control: it takes its name, description and validity from here. */
  children: ReactNode;
  /** Beside or under the control. */
  help?: ReactNode;
  /** Why what was entered cannot be used. */
  error?: string | undefined;
  /** `stack`: the label above, for a query row. `row`: beside, for a form. */
  layout?: "stack" | "row";
  className?: string;
}

/** A labelled control. Select, TextInput and Checkbox inside it are labelled by it. */
export function Field(props: FieldProps): ReactNode {
  const { layout = "stack", error } = props;
  return (
    <Base.Root
      className={classes(styles[layout], props.className)}
      invalid={error !== undefined && error !== ""}
    >
      <Base.Label className={styles["label"]}>{props.label}</Base.Label>
      <div className={styles["control"]}>
        {props.children}
        {props.help !== undefined && (
          <Base.Description className={styles["help"]} render={<div />}>
            {props.help}
          </Base.Description>
        )}
        {error !== undefined && error !== "" && (
          <Base.Error className={styles["error"]} match>
            {error}
          </Base.Error>
        )}
      </div>
    </Base.Root>
  );
}
