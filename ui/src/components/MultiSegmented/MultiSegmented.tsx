import { Toggle } from "@base-ui/react/toggle";
import { ToggleGroup } from "@base-ui/react/toggle-group";
import type { ReactNode } from "react";

import segmented from "../Segmented/Segmented.module.css";
import { Steady } from "../Steady/Steady";

export interface MultiSegmentedOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Its name where the label is only a sign, also shown on hover. */
  readonly name?: string;
}

export interface MultiSegmentedProps<Value extends string> {
  /** What is chosen, for screen readers. */
  label: string;
  values: readonly Value[];
  options: readonly MultiSegmentedOption<Value>[];
  /** Values come in the order of the options. */
  onChange: (values: Value[]) => void;
  /** Where one must stay, the last of them cannot be taken away. */
  atLeastOne?: boolean;
}

/** Any of a few, all visible. */
export function MultiSegmented<Value extends string>(props: MultiSegmentedProps<Value>): ReactNode {
  return (
    <ToggleGroup<Value>
      multiple
      className={segmented["group"]}
      aria-label={props.label}
      value={props.values}
      onValueChange={(chosen) => {
        if (chosen.length === 0 && props.atLeastOne === true) return;
        props.onChange(
          props.options.map(({ value }) => value).filter((value) => chosen.includes(value)),
        );
      }}
    >
      {props.options.map((option) => (
        <Toggle<Value>
          key={option.value}
          value={option.value}
          className={segmented["option"]}
          aria-label={option.name ?? option.label}
          title={option.name}
        >
          <Steady>{option.label}</Steady>
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
