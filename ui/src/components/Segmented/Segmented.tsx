import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import type { ReactNode } from "react";

import { Steady } from "../Steady/Steady";
import styles from "./Segmented.module.css";

export interface SegmentedOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

export interface SegmentedProps<Value extends string> {
  /** What is chosen, for screen readers. */
  label: string;
  value: Value;
  options: readonly SegmentedOption<Value>[];
  onChange: (value: Value) => void;
  disabled?: boolean;
}

/** One of a few, all visible. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>): ReactNode {
  return (
    <RadioGroup
      className={styles["group"]}
      aria-label={props.label}
      value={props.value}
      disabled={props.disabled ?? false}
      onValueChange={(value: Value) => props.onChange(value)}
    >
      {props.options.map((option) => (
        <Radio.Root
          key={option.value}
          value={option.value}
          // Else a field around the group would name each of them.
          aria-label={option.label}
          className={styles["option"]}
        >
          <Steady>{option.label}</Steady>
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
