import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Dialog } from "@/components/Dialog/Dialog";
import { FailureLine } from "@/components/FailureState/FailureState";
import { useMounted } from "@/components/mounted";
import { failureText } from "@/components/FailureState/words";
import { useToast } from "@/components/Toast/Toast";
import { printable } from "@/format";
import { useText } from "@/i18n";
import type { ConnectionForm, Failure, SecretPlaces } from "@/platform/bindings";
import { asFailure } from "@/platform/failure";
import { useCommands } from "@/platform/platform";

import { isGrave, useAtStake, useStakeWords } from "./atStake";
import { isKept } from "./values";

export interface RemoveDialogProps {
  form: ConnectionForm;
  /** Where its secrets are, as far as the keyring told. */
  places: SecretPlaces;
  onClose: () => void;
  onRemoved: () => void;
}

/** Says what is forgotten before it is. */
export function RemoveDialog(props: RemoveDialogProps): ReactNode {
  const text = useText();
  const { t } = text;
  const commands = useCommands();
  const toast = useToast();
  const [removing, setRemoving] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const mounted = useMounted();
  const stake = useAtStake(props.form.id).known;
  const lines = useStakeWords()(stake);
  const { form } = props;
  const { password, privateKey } = props.places;
  const name = printable(form.name);
  const secrets = [
    ...(isKept(password) ? [t("connections.remove.secret.password")] : []),
    ...(isKept(privateKey) ? [t("connections.remove.secret.privateKey")] : []),
  ];

  const remove = async (): Promise<void> => {
    if (form.id === null) return;
    setRemoving(true);
    setFailure(null);
    try {
      const { notice } = await commands.removeConnection(form.id);
      if (notice !== null) toast(failureText(text, notice), "bad");
      props.onRemoved();
    } catch (thrown) {
      if (!mounted.current) toast(failureText(text, asFailure(thrown)), "bad");
      setFailure(asFailure(thrown));
      setRemoving(false);
    }
  };

  return (
    <Dialog
      open
      onClose={props.onClose}
      title={t("connections.remove.title", { name })}
      onSubmit={() => void remove()}
      busy={removing}
      actions={
        <>
          <Button
            onClick={props.onClose}
            disabled={removing}
            reason={t("connections.remove.running")}
          >
            {t("connections.remove.cancel")}
          </Button>
          <Button
            kind="danger"
            type="submit"
            disabled={removing}
            reason={t("connections.remove.running")}
          >
            {t("connections.remove.confirm", { name })}
          </Button>
        </>
      }
    >
      <p>{t("connections.remove.text")}</p>
      {secrets.length > 0 && (
        <p>{t("connections.remove.secrets", { secrets: secrets.join(", ") })}</p>
      )}
      {lines.length > 0 && <p {...(isGrave(stake) ? { role: "alert" } : {})}>{lines.join(" ")}</p>}
      <p>{t("connections.remove.stays")}</p>
      <p>{t("connections.remove.undo")}</p>
      {failure !== null && <FailureLine failure={failure} />}
    </Dialog>
  );
}
