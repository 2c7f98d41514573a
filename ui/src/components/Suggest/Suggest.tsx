import { Autocomplete } from "@base-ui/react/autocomplete";
import { useMemo, type ReactNode } from "react";

import { classes } from "../classes";
import menu from "../Menu/Menu.module.css";
import input from "../TextInput/TextInput.module.css";

export interface SuggestProps {
  value: string;
  onChange: (value: string) => void;
  /** What may be meant; anything else can be typed as well. */
  options: readonly string[];
  placeholder?: string;
  mono?: boolean;
}

/** More would have to be read rather than seen. */
const MOST = 40;

/** Those that start with the text, then those that have it in them. */
export function suggestions(options: readonly string[], text: string): readonly string[] {
  const wanted = text.trim().toLowerCase();
  const starting = options.filter((option) => option.toLowerCase().startsWith(wanted));
  if (starting.length >= MOST) return starting.slice(0, MOST);
  const holding = options.filter((option) => {
    const lower = option.toLowerCase();
    return lower.includes(wanted) && !lower.startsWith(wanted);
  });
  return [...starting, ...holding].slice(0, MOST);
}

/** A name to type, with those that exist below. Inside a `Field`. */
export function Suggest(props: SuggestProps): ReactNode {
  const shown = useMemo(
    () => suggestions(props.options, props.value),
    [props.options, props.value],
  );
  return (
    <Autocomplete.Root
      items={shown}
      value={props.value}
      onValueChange={props.onChange}
      filter={null}
      openOnInputClick
    >
      <Autocomplete.Input
        className={classes(input["input"], props.mono === true && input["mono"])}
        placeholder={props.placeholder}
        autoComplete="off"
        spellCheck={false}
      />
      <Autocomplete.Portal>
        <Autocomplete.Positioner className={menu["positioner"]} sideOffset={4} collisionPadding={8}>
          <Autocomplete.Popup className={menu["popup"]} hidden={shown.length === 0}>
            <Autocomplete.List className={menu["list"]}>
              {(option: string) => (
                <Autocomplete.Item key={option} value={option} className={menu["item"]}>
                  <span className={classes(menu["text"], "data")}>{option}</span>
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  );
}
