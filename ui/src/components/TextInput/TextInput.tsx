import { Input } from "@base-ui/react/input";
import type { ComponentProps, ReactNode } from "react";

import { classes } from "../classes";
import styles from "./TextInput.module.css";

export interface TextInputProps extends Omit<ComponentProps<"input">, "className" | "size"> {
  /** For hosts, names and bytes. */
  mono?: boolean;
  /** How many characters wide; the whole width where it is absent. */
  chars?: number;
  /** Needed only outside a `Field`. */
  "aria-label"?: string;
}

/** One line of text. Nothing is ever corrected or remembered by the browser engine. */
export function TextInput({ mono = false, chars, style, ...rest }: TextInputProps): ReactNode {
  return (
    <Input
      autoComplete="off"
      autoCorrect="off"
      autoCapitalize="none"
      spellCheck={false}
      {...rest}
      className={classes(styles["input"], mono && styles["mono"])}
      style={chars === undefined ? style : { width: `calc(${chars}ch + 18px)`, ...style }}
    />
  );
}
