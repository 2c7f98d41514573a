//! Copying bytes exactly. They come from Rust, whole, never from what is shown. Bytes that are no
//! text are copied in another form only where someone asks for it by name.

import { useRef, useState, type ReactNode } from "react";

import { useFormat } from "@/format";
import { useText } from "@/i18n";
import type { Copied, CopyForm } from "@/platform/bindings";
import { asFailure } from "@/platform/failure";

import { Button } from "../Button/Button";
import { useCopy } from "../clipboard";
import { Dialog } from "../Dialog/Dialog";
import { failureText } from "../FailureState/words";
import { useToast } from "../Toast/Toast";

/** Some bytes, and the way to have them from Rust. */
export interface CopySource {
  /** What it is, as in "Value". */
  readonly name: string;
  /** Which message it is of, as in "P 3 · offset 42". */
  readonly of?: string | undefined;
  ask(form: CopyForm): Promise<Copied>;
  save(): void;
}

export interface ExactCopy {
  copy(source: CopySource, form?: CopyForm): void;
  /** A text that Rust made, such as a whole message as JSON. */
  copyText(ask: () => Promise<string>): void;
  /** To be put somewhere on the page: asks how to copy what is no text. */
  readonly question: ReactNode;
}

type NotText = Extract<Copied, { copied: "not_text" }>;

export function useExactCopy(): ExactCopy {
  const text = useText();
  const { t } = text;
  const format = useFormat();
  const toast = useToast();
  const toClipboard = useCopy();
  const first = useRef<HTMLElement>(null);
  const [asked, setAsked] = useState<{ source: CopySource; found: NotText } | null>(null);

  /** Of the last copy that was asked for: an answer to an earlier one comes too late. */
  const turn = useRef(0);

  const attempt = async <Answer,>(
    ask: () => Promise<Answer>,
    take: (answer: Answer) => void,
  ): Promise<void> => {
    turn.current += 1;
    const mine = turn.current;
    try {
      const answer = await ask();
      if (mine === turn.current) take(answer);
    } catch (thrown) {
      if (mine === turn.current) toast(failureText(text, asFailure(thrown)), "bad");
    }
  };
  const copy = (source: CopySource, form: CopyForm = "text"): void =>
    void attempt(
      () => source.ask(form),
      (found) => {
        switch (found.copied) {
          case "null":
          case "empty":
            toast(t("copy.nothing", { what: t(`common.${found.copied}`) }));
            return;
          case "text":
            toClipboard(found.text, t(`copy.done.${form}`, { name: source.name }));
            return;
          case "not_text":
            setAsked({ source, found });
        }
      },
    );
  const choose = (act: (source: CopySource) => void) => () => {
    if (asked !== null) act(asked.source);
    setAsked(null);
  };
  return {
    copy,
    copyText: (ask) => void attempt(ask, (json) => toClipboard(json, t("copy.done.json"))),
    question: asked !== null && (
      <Dialog
        open
        onClose={() => setAsked(null)}
        title={t("copy.notText.title", { name: asked.source.name })}
        focus={first}
        actions={
          <>
            <Button onClick={choose((source) => source.save())}>{t("common.save")}</Button>
            <Button onClick={choose((source) => copy(source, "base64"))}>
              {t("copy.as.base64")}
            </Button>
            <Button ref={first} kind="primary" onClick={choose((source) => copy(source, "hex"))}>
              {t("copy.as.hex")}
            </Button>
          </>
        }
      >
        {asked.source.of !== undefined && <p>{asked.source.of}</p>}
        <p>{t(`value.fallback.${asked.found.why}`, { at: format.count(asked.found.at) })}</p>
        <p>{t("copy.notText.text")}</p>
      </Dialog>
    ),
  };
}
