//! A line of the form: the name on the left, controls and what they mean on the right.
//!
//! `components/Field` labels one control of its own kind. The lines here hold groups, secrets and
//! buttons, so they wire label, description and error themselves.

import type { ReactNode } from "react";

import styles from "./Row.module.css";

export interface RowProps {
  label: string;
  /** The id of the one control that the label names; without it the label is only text. */
  htmlFor?: string;
  children: ReactNode;
  hint?: ReactNode;
  /** The id by which the control is described. */
  hintId?: string;
  error?: string | undefined;
  errorId?: string;
  tone?: "plain" | "bad" | "warn";
}

export function Row(props: RowProps): ReactNode {
  const { tone = "plain", error } = props;
  return (
    <div className={styles["row"]}>
      {props.htmlFor === undefined ? (
        <span className={styles["label"]} aria-hidden>
          {props.label}
        </span>
      ) : (
        <label className={styles["label"]} htmlFor={props.htmlFor}>
          {props.label}
        </label>
      )}
      <div className={styles["control"]}>
        {props.children}
        {props.hint !== undefined && (
          <span className={styles["hint"]} data-tone={tone} id={props.hintId}>
            {props.hint}
          </span>
        )}
        {error !== undefined && error !== "" && (
          <span className={styles["error"]} role="alert" id={props.errorId}>
            {error}
          </span>
        )}
      </div>
    </div>
  );
}
