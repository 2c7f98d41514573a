import type { ReactNode, Ref } from "react";

import { useText, type MessageKey } from "@/i18n";
import type { KeyringStatus, SecretPlace, Trust } from "@/platform/bindings";

import { ChoiceLine, useProblem, type FormParts } from "./fields";
import { PemField } from "./PemField";
import { SecretField, type SecretHandle } from "./SecretField";

const TRUSTS: readonly Trust[] = ["system", "system_and_ca", "only_ca"];
const TRUST_WORDS: Readonly<Record<Trust, { label: MessageKey; hint: MessageKey }>> = {
  system: { label: "connections.field.trust.system", hint: "connections.field.trust.system.hint" },
  system_and_ca: {
    label: "connections.field.trust.systemAndCa",
    hint: "connections.field.trust.systemAndCa.hint",
  },
  only_ca: { label: "connections.field.trust.onlyCa", hint: "connections.field.trust.onlyCa.hint" },
};

export interface TlsFieldsProps {
  form: FormParts;
  keyring: KeyringStatus | undefined;
  privateKey: SecretPlace;
  /** The keyring was asked where it is and has not answered yet. */
  looking: boolean;
  /** The stored key was given for another place. */
  moved: boolean;
  privateKeyRef: Ref<SecretHandle>;
  onPrivateKey: (present: boolean, text: string) => void;
}

/** Whom to trust, and who we are. */
export function TlsFields(props: TlsFieldsProps): ReactNode {
  const { t } = useText();
  const { form } = props;
  const { values, setValue } = form;
  const problem = useProblem(form.errors);
  const changed = { shouldDirty: true } as const;
  return (
    <>
      <ChoiceLine
        label={t("connections.field.trust")}
        value={values.trust}
        options={TRUSTS.map((value) => ({ value, label: t(TRUST_WORDS[value].label) }))}
        onChange={(trust) => setValue("trust", trust, changed)}
        hint={t(TRUST_WORDS[values.trust].hint)}
      />
      {values.trust !== "system" && (
        <PemField form={form} name="caPem" label={t("connections.field.ca")} />
      )}
      <ChoiceLine
        label={t("connections.field.verifyName")}
        value={values.verifyName ? "on" : "off"}
        options={[
          { value: "on", label: t("connections.field.verifyName.choice.on") },
          { value: "off", label: t("connections.field.verifyName.choice.off") },
        ]}
        onChange={(choice) => setValue("verifyName", choice === "on", changed)}
        hint={t(
          values.verifyName
            ? "connections.field.verifyName.on"
            : "connections.field.verifyName.off",
        )}
        tone={values.verifyName ? "plain" : "bad"}
      />
      <PemField
        form={form}
        name="certificatePem"
        label={t("connections.field.certificate")}
        hint={t("connections.field.certificate.optional")}
      />
      {(values.certificatePem.trim() !== "" ||
        values.hasPrivateKey ||
        (!props.looking && props.privateKey !== "none") ||
        problem("hasPrivateKey") !== undefined) && (
        <SecretField
          ref={props.privateKeyRef}
          label={t("connections.field.privateKey")}
          place={props.privateKey}
          moved={props.moved}
          looking={props.looking}
          keyring={props.keyring}
          error={problem("hasPrivateKey")}
          onEntered={props.onPrivateKey}
          pem
        />
      )}
    </>
  );
}
