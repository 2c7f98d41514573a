import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Dialog } from "@/components/Dialog/Dialog";
import { FailureLine } from "@/components/FailureState/FailureState";
import { failureText } from "@/components/FailureState/words";
import { Field } from "@/components/Field/Field";
import { Segmented } from "@/components/Segmented/Segmented";
import { TextInput } from "@/components/TextInput/TextInput";
import { useToast } from "@/components/Toast/Toast";
import { useMounted } from "@/components/mounted";
import { useText } from "@/i18n";
import type { ConnectionSummary } from "@/platform/bindings";
import { limits } from "@/platform/limits";
import { useCommands } from "@/platform/platform";

/** What is chosen to begin with: enough for a ticket, where it is offered. */
const USUAL = 15;

export interface UnlockDialogProps {
  connection: ConnectionSummary;
  onClose: () => void;
}

/** The one deliberate act that allows changes on a connection: a reason and a time. */
export function UnlockDialog({ connection, onClose }: UnlockDialogProps): ReactNode {
  const text = useText();
  const { t } = text;
  const commands = useCommands();
  const toast = useToast();
  const mounted = useMounted();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState(
    String(limits.unlockMinutes.find((offered) => offered === USUAL) ?? limits.unlockMinutes[0]),
  );
  const [asked, setAsked] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const unlock = useMutation({
    mutationFn: () => commands.unlock(connection.id, reason.trim(), Number(minutes)),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["connections"] });
      onClose();
    },
    onError: (failure) => {
      if (!mounted.current) toast(failureText(text, failure), "bad");
    },
  });
  const busy = { disabled: unlock.isPending, reason: t("unlock.running") };
  const missing = reason.trim() === "";
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("unlock.title", { name: connection.name })}
      focus={input}
      busy={unlock.isPending}
      onSubmit={() => {
        setAsked(true);
        if (!missing && !unlock.isPending) unlock.mutate();
      }}
      actions={
        <>
          <Button onClick={onClose} {...busy}>
            {t("common.cancel")}
          </Button>
          <Button kind="primary" type="submit" {...busy}>
            {t("unlock.confirm", { minutes })}
          </Button>
        </>
      }
    >
      <p>{t("unlock.what")}</p>
      <Field
        label={t("unlock.reason")}
        help={t("unlock.reason.help")}
        error={asked && missing ? t("unlock.reason.missing") : undefined}
      >
        <TextInput
          ref={input}
          value={reason}
          maxLength={limits.reasonCharacters}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      <Field label={t("unlock.minutes")}>
        <Segmented
          label={t("unlock.minutes")}
          value={minutes}
          options={limits.unlockMinutes.map((offered) => ({
            value: String(offered),
            label: t("unlock.minutes.value", { minutes: offered }),
          }))}
          onChange={setMinutes}
        />
      </Field>
      {unlock.error !== null && <FailureLine failure={unlock.error} />}
    </Dialog>
  );
}
