//! A secret that goes in and never comes back.
//!
//! What is typed lives in the input alone: not in React's state, not in the form library, not in a
//! cache. `take` reads it when the form is sent; `clear` empties the input once it was accepted. A
//! chosen file is not shown at all, it waits in a closure of this field.

import {
  useEffect,
  useEffectEvent,
  useId,
  useImperativeHandle,
  useRef,
  useState,
  type ReactNode,
  type Ref,
} from "react";

import { Button } from "@/components/Button/Button";
import { printable } from "@/format";
import { useText } from "@/i18n";
import type { KeyringStatus, SecretChange, SecretPlace } from "@/platform/bindings";

import { FileChoice } from "./FileChoice";
import { readChosen } from "./pem";
import { isKept } from "./values";
import { Row } from "./Row";
import styles from "./SecretField.module.css";

export interface SecretHandle {
  /** What to do with this secret, as the field stands. */
  take(): SecretChange;
  /** Forgets what was entered; `place` is where the secret is now. */
  clear(place: SecretPlace): void;
  focus(): void;
}

export interface SecretFieldProps {
  ref: Ref<SecretHandle>;
  label: string;
  place: SecretPlace;
  /** The keyring was asked where it is and has not answered yet. */
  looking: boolean;
  keyring: KeyringStatus | undefined;
  /** The stored one was given for another place, and is not used for this one. */
  moved: boolean;
  error: string | undefined;
  /** Whether there will be a secret, and the text while it is being entered, to be judged only. */
  onEntered: (present: boolean, text: string) => void;
  /** A PEM text of several lines, by paste or from a file. */
  pem?: boolean;
}

type Mode = "kept" | "enter" | "forget";

export function SecretField(props: SecretFieldProps): ReactNode {
  const { label, place, onEntered, pem = false } = props;
  const { t } = useText();
  const id = useId();
  const [chosenMode, setMode] = useState<Mode>(isKept(place) ? "kept" : "enter");
  const keepable = isKept(place) && !props.moved;
  const mode: Mode = chosenMode === "kept" && !keepable ? "enter" : chosenMode;
  const [file, setFile] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const fromFile = useRef("");
  const wasMoved = useRef(props.moved);

  const wipe = (): void => {
    if (input.current !== null) input.current.value = "";
    fromFile.current = "";
    setFile(null);
    setRefusal(null);
  };

  useImperativeHandle(props.ref, () => ({
    take() {
      if (mode === "forget") return { change: "forget" };
      const text = fromFile.current === "" ? (input.current?.value ?? "") : fromFile.current;
      return mode === "enter" && text !== "" ? { change: "set", text } : { change: "keep" };
    },
    clear(now) {
      wipe();
      setMode(isKept(now) ? "kept" : "enter");
      // What was accepted is for the place of the form: that it is not moved any more is no change.
      wasMoved.current = false;
    },
    focus() {
      input.current?.focus();
    },
  }));

  // What is kept is there or not as the form moves away from its place and back.
  const follow = useEffectEvent((moved: boolean) => {
    if (chosenMode !== "kept" || !isKept(place)) return;
    wipe();
    onEntered(!moved, "");
  });
  useEffect(() => {
    if (wasMoved.current !== props.moved) follow(props.moved);
    wasMoved.current = props.moved;
  }, [props.moved]);

  const enter = (): void => {
    setMode("enter");
    onEntered(false, "");
    requestAnimationFrame(() => input.current?.focus());
  };
  const keep = (): void => {
    wipe();
    setMode("kept");
    onEntered(true, "");
  };
  const forget = (): void => {
    wipe();
    setMode("forget");
    onEntered(false, "");
  };
  const choose = async (chosen: File): Promise<void> => {
    const read = await readChosen(chosen);
    if (!read.ok) {
      setRefusal(t(read.key, { file: printable(chosen.name) }));
      return;
    }
    wipe();
    fromFile.current = read.text;
    setFile(chosen.name);
    onEntered(read.text !== "", read.text);
  };

  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const error = refusal ?? props.error;
  const control = {
    id,
    ref: input,
    className: styles["input"],
    "aria-describedby": error === undefined ? hintId : `${hintId} ${errorId}`,
    "aria-invalid": error === undefined ? undefined : true,
    autoComplete: "off",
    autoCorrect: "off",
    autoCapitalize: "none",
    spellCheck: false,
    onInput: () => {
      const text = input.current?.value ?? "";
      onEntered(text !== "", text);
    },
  } as const;

  return (
    <Row
      label={label}
      {...(mode === "enter" && file === null ? { htmlFor: id } : {})}
      hint={
        mode === "enter" ? (
          <>
            {props.moved && isKept(place) && (
              <span className={styles["warn"]}>{t("connections.secret.moved")} </span>
            )}
            <Goes keyring={props.keyring} />
          </>
        ) : undefined
      }
      hintId={hintId}
      error={error}
      errorId={errorId}
    >
      {mode === "kept" && (
        <span className={styles["kept"]} role="group" aria-label={label}>
          <span className={styles["dots"]} aria-hidden>
            ••••••••••••
          </span>
          <Place place={place} looking={props.looking} keyring={props.keyring} />
          <Button onClick={enter} label={t("connections.secret.replaceFor", { field: label })}>
            {t("connections.secret.replace")}
          </Button>
          <Button onClick={forget} label={t("connections.secret.forgetFor", { field: label })}>
            {t("connections.secret.forget")}
          </Button>
        </span>
      )}
      {mode === "forget" && (
        <span className={styles["kept"]} role="group" aria-label={label}>
          <span className={styles["warn"]}>{t("connections.secret.forgotten")}</span>
          <Button
            kind="link"
            onClick={keep}
            label={t("connections.secret.undoFor", { field: label })}
          >
            {t("connections.secret.undo")}
          </Button>
        </span>
      )}
      {mode === "enter" && file !== null && (
        <span className={styles["kept"]} role="group" aria-label={label}>
          <span className={styles["place"]}>
            {t("connections.secret.loaded", { file: printable(file) })}
          </span>
          <Button
            kind="link"
            onClick={() => {
              wipe();
              onEntered(false, "");
            }}
            label={t("connections.field.pem.clearFor", { field: label })}
          >
            {t("connections.field.pem.clear")}
          </Button>
        </span>
      )}
      {mode === "enter" &&
        file === null &&
        (pem ? (
          <textarea {...control} rows={4} placeholder={t("connections.field.pem.keyPlaceholder")} />
        ) : (
          <input {...control} type="password" />
        ))}
      {mode === "enter" && pem && (
        <FileChoice field={label} onChoose={(chosen) => void choose(chosen)} />
      )}
      {mode === "enter" && keepable && (
        <Button onClick={keep} label={t("connections.secret.keepFor", { field: label })}>
          {t("connections.secret.keep")}
        </Button>
      )}
    </Row>
  );
}

/** Where a secret is now. */
function Place(props: Pick<SecretFieldProps, "place" | "looking" | "keyring">): ReactNode {
  const { t } = useText();
  if (props.looking && props.place === "unknown")
    return (
      <span className={styles["place"]} role="status">
        {t("connections.secret.looking")}
      </span>
    );
  if (props.place === "keyring") {
    return <span className={styles["place"]}>{t("connections.secret.keyring")}</span>;
  }
  return (
    <span className={styles["warn"]}>
      {t(props.place === "unknown" ? "connections.secret.unknown" : "connections.secret.memory")}
    </span>
  );
}

/** Where a secret that is being entered will go. */
function Goes({ keyring }: { keyring: KeyringStatus | undefined }): ReactNode {
  const { t } = useText();
  if (keyring === undefined || keyring.state === "available") {
    return t("connections.secret.goes.keyring");
  }
  return t("connections.secret.goes.memory");
}
