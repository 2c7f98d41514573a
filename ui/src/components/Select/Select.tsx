import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import { useMemo, type ReactNode } from "react";

import menu from "../Menu/Menu.module.css";
import styles from "./Select.module.css";

export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** A word more, such as the environment of a connection. */
  readonly note?: string;
}

export interface SelectProps<Value extends string> {
  value: Value | null;
  options: readonly SelectOption<Value>[];
  onChange: (value: Value) => void;
  placeholder?: string;
  /** Needed only outside a `Field`. */
  label?: string;
  disabled?: boolean;
  /** Why it cannot be changed, where it is disabled. */
  reason?: string;
  /** Fills the width of its place. */
  wide?: boolean;
}

/** One of many, in a list that opens. */
export function Select<Value extends string>(props: SelectProps<Value>): ReactNode {
  const items = useMemo(
    () => props.options.map(({ value, label }) => ({ value, label })),
    [props.options],
  );
  return (
    <Base.Root<Value>
      items={items}
      value={props.value}
      disabled={props.disabled ?? false}
      onValueChange={(value) => {
        if (value !== null) props.onChange(value);
      }}
    >
      <Base.Trigger
        className={styles["trigger"]}
        aria-label={props.label}
        title={props.disabled === true ? props.reason : undefined}
        aria-description={props.disabled === true ? props.reason : undefined}
        data-wide={props.wide === true ? "" : undefined}
      >
        <Base.Value className={styles["value"]} placeholder={props.placeholder} />
        <Base.Icon className={styles["icon"]}>
          <ChevronDown size={14} aria-hidden />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner
          className={menu["positioner"]}
          sideOffset={4}
          alignItemWithTrigger={false}
          collisionPadding={8}
        >
          <Base.Popup className={menu["popup"]}>
            <Base.List className={menu["list"]}>
              {props.options.map((option) => (
                <Base.Item key={option.value} value={option.value} className={menu["item"]}>
                  <Base.ItemText className={menu["text"]}>{option.label}</Base.ItemText>
                  {option.note !== undefined && <span className={menu["note"]}>{option.note}</span>}
                  <Base.ItemIndicator className={menu["mark"]}>
                    <Check size={13} aria-hidden />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
