//! The two questions before messages are lost: removing them for good, and returning those whose
//! return kills them. Both ask for the count, because nothing here can be undone yet.

import { useRef, useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Dialog } from "@/components/Dialog/Dialog";
import { Facts } from "@/components/Facts/Facts";
import { FailureLine } from "@/components/FailureState/FailureState";
import { failureText } from "@/components/FailureState/words";
import { Field } from "@/components/Field/Field";
import { useMounted } from "@/components/mounted";
import { TextInput } from "@/components/TextInput/TextInput";
import { useToast } from "@/components/Toast/Toast";
import { parseCount, printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { AfterLastLook, ConnectionSummary, Failure } from "@/platform/bindings";
import { asFailure } from "@/platform/failure";

import { fateOf } from "./looks";
import { bold, Name } from "./rich";
import styles from "./SettleDialogs.module.css";

export interface RemoveDialogProps {
  connection: ConnectionSummary;
  queue: string;
  /** How many are removed: frozen while the question stands. */
  count: number;
  whole: bigint | null;
  onClose: () => void;
  /** Gets the count that was typed. */
  onConfirm: (typed: number) => Promise<void>;
}

export function RemoveDialog(props: RemoveDialogProps): ReactNode {
  const { connection, queue, count, whole } = props;
  const { t, rich } = useText();
  const format = useFormat();
  const n = format.count(count);
  return (
    <TypedCountDialog
      title={t("queues.remove.titleCount", { n, count })}
      count={count}
      label={t("queues.remove.type", { count: n })}
      cancel={t(count === 1 ? "queues.remove.cancelOne" : "queues.remove.cancel")}
      confirm={
        whole === null
          ? t("queues.remove.confirm", { n })
          : t("queues.remove.confirmOf", { n, whole: format.count(whole) })
      }
      onClose={props.onClose}
      onConfirm={props.onConfirm}
    >
      <Facts
        facts={[
          {
            name: t("queues.remove.from"),
            value: (
              <>
                <Name>{queue}</Name> · {printable(connection.name)}
              </>
            ),
          },
          {
            name: t("queues.remove.environment"),
            value: (
              <span data-environment={connection.environment} className={styles["environment"]}>
                {t(`common.environment.${connection.environment}`)}
              </span>
            ),
          },
          { name: t("queues.remove.effect"), value: t("queues.remove.effect.text", { count }) },
          {
            name: t("queues.remove.undo"),
            value: rich("queues.remove.undo.text", { count, b: bold }),
          },
        ]}
      />
    </TypedCountDialog>
  );
}

export interface LastReturnDialogProps {
  queue: string;
  /** Messages that this return would destroy. */
  last: number;
  /** All that are returned. */
  count: number;
  after: AfterLastLook;
  onClose: () => void;
  onConfirm: () => Promise<void>;
}

export function LastReturnDialog(props: LastReturnDialogProps): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const { last } = props;
  const n = format.count(last);
  return (
    <TypedCountDialog
      title={t("queues.return.last.title", { queue: printable(props.queue) })}
      count={last}
      label={t("queues.return.last.type", { n, count: last })}
      cancel={t("common.cancel")}
      confirm={t("queues.return.last.confirm", { n: format.count(props.count) })}
      onClose={props.onClose}
      onConfirm={() => props.onConfirm()}
    >
      <p>
        {t("queues.return.last.text", {
          n,
          count: last,
          fate: t(`queues.banner.fate.${fateOf(props.after)}`),
        })}
      </p>
    </TypedCountDialog>
  );
}

interface TypedCountDialogProps {
  title: string;
  children: ReactNode;
  count: number;
  label: string;
  cancel: string;
  confirm: string;
  onClose: () => void;
  onConfirm: (typed: number) => Promise<void>;
}

function TypedCountDialog(props: TypedCountDialogProps): ReactNode {
  const words = useText();
  const { t } = words;
  const toast = useToast();
  const mounted = useMounted();
  const format = useFormat();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const typed = parseCount(text);
  const right = typed === props.count;
  // Not while the first digits of the right count are being typed.
  const isWhole = text.trim().length >= String(props.count).length;
  const wrong = t("queues.remove.wrong", { count: format.count(props.count) });

  const confirm = async (): Promise<void> => {
    if (!right || busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await props.onConfirm(typed);
    } catch (thrown) {
      const why = asFailure(thrown);
      if (!mounted.current) {
        toast(failureText(words, why), "bad");
        return;
      }
      setFailure(why);
      setBusy(false);
    }
  };
  // What was sent cannot be called back: closing the question would only hide how it ends.
  const sent = busy ? { disabled: true, reason: t("queues.settled.sent") } : {};

  return (
    <Dialog
      open
      onClose={props.onClose}
      title={props.title}
      focus={input}
      busy={busy}
      onSubmit={() => void confirm()}
      actions={
        <>
          <Button onClick={props.onClose} {...sent}>
            {props.cancel}
          </Button>
          <Button kind="danger" type="submit" disabled={!right} reason={props.label} {...sent}>
            {props.confirm}
          </Button>
        </>
      }
    >
      {props.children}
      <Field label={props.label} error={isWhole && !right ? wrong : undefined}>
        <TextInput
          ref={input}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          inputMode="numeric"
          chars={12}
        />
      </Field>
      {failure !== null && (
        <div className={styles["failure"]}>
          <FailureLine failure={failure} />
        </div>
      )}
    </Dialog>
  );
}
