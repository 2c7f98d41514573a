import type { ReactNode } from "react";

import { Field } from "@/components/Field/Field";
import { Select } from "@/components/Select/Select";
import { useText, type MessageKey } from "@/i18n";
import type { KafkaSecurity, SaslMechanism } from "@/platform/bindings";

import { ChoiceLine, TextLine, type FormParts } from "./fields";

const MECHANISMS: readonly SaslMechanism[] = ["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"];

const SECURITIES: readonly KafkaSecurity[] = ["PLAINTEXT", "SSL", "SASL_SSL"];
const SECURITY_HINTS: Readonly<Record<KafkaSecurity, MessageKey>> = {
  PLAINTEXT: "connections.field.security.plaintext",
  SSL: "connections.field.security.ssl",
  SASL_SSL: "connections.field.security.saslSsl",
};

/** Where a Kafka is and how it is protected; user and password follow. */
export function KafkaFields({ form }: { form: FormParts }): ReactNode {
  const { t } = useText();
  const { values, setValue } = form;
  return (
    <>
      <TextLine
        form={form}
        name="bootstrapServers"
        label={t("connections.field.bootstrapServers")}
        placeholder={t("connections.field.bootstrapServers.placeholder")}
        mono
      />
      <ChoiceLine
        label={t("connections.field.security")}
        value={values.security}
        options={SECURITIES.map((value) => ({ value, label: value }))}
        onChange={(security) => setValue("security", security, { shouldDirty: true })}
        hint={t(SECURITY_HINTS[values.security])}
        tone={values.security === "PLAINTEXT" ? "warn" : "plain"}
      />
      {values.security === "SASL_SSL" && (
        <Field
          layout="row"
          label={t("connections.field.mechanism")}
          {...(values.mechanism === "PLAIN"
            ? { help: t("connections.field.mechanism.plainHint") }
            : {})}
        >
          <Select
            value={values.mechanism}
            options={MECHANISMS.map((value) => ({ value, label: value }))}
            onChange={(mechanism) => setValue("mechanism", mechanism, { shouldDirty: true })}
          />
        </Field>
      )}
    </>
  );
}
