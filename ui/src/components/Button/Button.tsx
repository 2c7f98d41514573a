import { Button as Base } from "@base-ui/react/button";
import type { ReactNode, Ref } from "react";

import { classes } from "../classes";
import styles from "./Button.module.css";

export interface ButtonProps {
  children: ReactNode;
  /** `primary`: one in a region of the window. `link`: inside a sentence. */
  kind?: "plain" | "primary" | "danger" | "link" | "quiet";
  type?: "button" | "submit";
  onClick?: () => void;
  disabled?: boolean;
  /** Why it cannot be pressed: shown, and read out. A disabled button without a reason is a bug. */
  reason?: string;
  /** For a button that shows only an icon. */
  label?: string;
  title?: string;
  form?: string;
  ref?: Ref<HTMLElement>;
  className?: string;
}

/** A button stays focusable while it cannot be pressed, so that its reason can be found. */
export function Button({ ref, ...props }: ButtonProps): ReactNode {
  const { kind = "plain", type = "button", reason, disabled = false } = props;
  return (
    <Base
      ref={ref}
      type={type}
      form={props.form}
      className={classes(styles["button"], styles[kind], props.className)}
      disabled={disabled}
      focusableWhenDisabled
      onClick={props.onClick}
      aria-label={props.label}
      title={disabled && reason !== undefined ? reason : props.title}
      aria-description={disabled ? reason : undefined}
    >
      {props.children}
    </Base>
  );
}
