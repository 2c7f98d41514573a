import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode, RefObject } from "react";

import styles from "./Dialog.module.css";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Buttons, the one that acts last. */
  actions?: ReactNode;
  /** What gets the focus; else the first that can have it. */
  focus?: RefObject<HTMLElement | null>;
  /** Makes it a form: Enter does this. */
  onSubmit?: () => void;
  /** What it asked about is being done: it cannot be closed as if it were not. */
  busy?: boolean;
}

/** A question in front of everything. The verb is on its button, never "OK". */
export function Dialog(props: DialogProps): ReactNode {
  const { onSubmit } = props;
  const body = (
    <>
      <Base.Title className={styles["title"]}>{props.title}</Base.Title>
      <div className={styles["body"]}>{props.children}</div>
      {props.actions !== undefined && <div className={styles["actions"]}>{props.actions}</div>}
    </>
  );
  return (
    <Base.Root
      open={props.open}
      onOpenChange={(open) => {
        if (!open && props.busy !== true) props.onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={styles["backdrop"]} />
        <Base.Popup className={styles["popup"]} initialFocus={props.focus}>
          {onSubmit === undefined ? (
            body
          ) : (
            <form
              noValidate
              onSubmit={(event) => {
                event.preventDefault();
                // A dialog may stand inside another form in React's tree.
                event.stopPropagation();
                onSubmit();
              }}
            >
              {body}
            </form>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
