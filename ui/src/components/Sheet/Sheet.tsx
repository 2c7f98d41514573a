import { useEffect, useId, useRef, type ReactNode } from "react";

import { useText } from "@/i18n";

import { Button } from "../Button/Button";
import styles from "./Sheet.module.css";

export interface SheetProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** Buttons, the one that acts last. */
  footer?: ReactNode;
  /** What it is about is being done, and why it cannot be closed as if it were not. */
  busy?: string | undefined;
}

/**
 * A form in the place of the inspector. It leaves what it is about in view, so it is not modal. Put
 * it into the `end` of a `SplitView`.
 */
export function Sheet(props: SheetProps): ReactNode {
  const { t } = useText();
  const title = useId();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    // Esc closes it from anywhere inside.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      ref={box}
      role="dialog"
      aria-labelledby={title}
      tabIndex={-1}
      className={styles["sheet"]}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        event.stopPropagation();
        if (props.busy === undefined) props.onClose();
      }}
    >
      <header className={styles["head"]}>
        <h2 id={title}>{props.title}</h2>
        <Button
          kind="link"
          onClick={props.onClose}
          {...(props.busy === undefined ? {} : { disabled: true, reason: props.busy })}
        >
          {t("common.close")}
        </Button>
      </header>
      <div className={styles["body"]}>{props.children}</div>
      {props.footer !== undefined && <footer className={styles["foot"]}>{props.footer}</footer>}
    </section>
  );
}
