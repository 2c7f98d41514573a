import { Field } from "@base-ui/react/field";
import type { ComponentProps, ReactNode } from "react";

import { classes } from "../classes";
import styles from "./TextInput.module.css";

export interface TextAreaProps extends Omit<ComponentProps<"textarea">, "className"> {
  mono?: boolean;
}

/** Several lines of text, such as a certificate. Inside a `Field`. */
export function TextArea({ mono = false, ...rest }: TextAreaProps): ReactNode {
  return (
    <Field.Control
      render={
        <textarea
          autoComplete="off"
          autoCorrect="off"
          autoCapitalize="none"
          spellCheck={false}
          rows={4}
          {...rest}
          className={classes(styles["input"], mono && styles["mono"])}
        />
      }
    />
  );
}
