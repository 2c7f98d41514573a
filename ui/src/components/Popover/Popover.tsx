import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";

import menu from "../Menu/Menu.module.css";
import styles from "./Popover.module.css";

export interface PopoverProps {
  /** What opens it: a button element. */
  trigger: ReactElement;
  title: string;
  children: ReactNode;
  open: boolean;
  onOpen: (open: boolean) => void;
}

/** Something to read on demand, beside what it is about. */
export function Popover(props: PopoverProps): ReactNode {
  return (
    <Base.Root open={props.open} onOpenChange={props.onOpen}>
      <Base.Trigger render={props.trigger} />
      <Base.Portal>
        <Base.Positioner
          className={menu["positioner"]}
          sideOffset={4}
          align="end"
          collisionPadding={8}
        >
          <Base.Popup className={styles["popup"]}>
            <Base.Title className={styles["title"]}>{props.title}</Base.Title>
            {props.children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
