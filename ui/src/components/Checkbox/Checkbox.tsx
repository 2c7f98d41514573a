import { Checkbox as Base } from "@base-ui/react/checkbox";
import { Check, Minus } from "lucide-react";
import type { ReactNode } from "react";

import styles from "./Checkbox.module.css";

export interface CheckboxProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** Shown beside the box. */
  children?: ReactNode;
  /** Its name where nothing is shown beside it. */
  label?: string;
  /** Some of what it stands for is chosen. */
  mixed?: boolean;
  disabled?: boolean;
}

export function Checkbox(props: CheckboxProps): ReactNode {
  const box = (
    <Base.Root
      className={styles["box"]}
      checked={props.checked}
      indeterminate={props.mixed ?? false}
      disabled={props.disabled ?? false}
      onCheckedChange={props.onChange}
      aria-label={props.label}
    >
      <Base.Indicator className={styles["mark"]}>
        {props.mixed === true ? (
          <Minus size={11} strokeWidth={3} aria-hidden />
        ) : (
          <Check size={11} strokeWidth={3} aria-hidden />
        )}
      </Base.Indicator>
    </Base.Root>
  );
  if (props.children === undefined) return box;
  return (
    <label className={styles["label"]}>
      {box}
      <span>{props.children}</span>
    </label>
  );
}
