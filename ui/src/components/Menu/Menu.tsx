import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";

import styles from "./Menu.module.css";

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly onSelect: () => void;
  readonly disabled?: boolean;
  /** A key that does the same. */
  readonly keys?: string;
  readonly danger?: boolean;
}

export interface MenuProps {
  /** What opens it: a button element. */
  trigger: ReactElement;
  items: readonly MenuItem[];
}

/** Actions that open under a button. */
export function Menu({ trigger, items }: MenuProps): ReactNode {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner
          className={styles["positioner"]}
          sideOffset={4}
          align="end"
          collisionPadding={8}
        >
          <Base.Popup className={styles["popup"]}>
            {items.map((item) => (
              <Base.Item
                key={item.id}
                className={styles["item"]}
                disabled={item.disabled ?? false}
                onClick={item.onSelect}
                data-danger={item.danger === true ? "" : undefined}
              >
                <span className={styles["text"]}>{item.label}</span>
                {item.keys !== undefined && <kbd className={styles["keys"]}>{item.keys}</kbd>}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
