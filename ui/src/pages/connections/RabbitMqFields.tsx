import type { ReactNode } from "react";

import { useText } from "@/i18n";

import { ChoiceLine, TextLine, useProblem, type FormParts } from "./fields";
import { portFor } from "./values";

/** Where a RabbitMQ is and how one logs in; user and password follow. */
export function RabbitMqFields({ form }: { form: FormParts }): ReactNode {
  const { t } = useText();
  const problem = useProblem(form.errors);
  const { values, setValue } = form;
  const external = values.authentication === "EXTERNAL";
  return (
    <>
      <TextLine
        form={form}
        name="host"
        label={t("connections.field.host")}
        placeholder={t("connections.field.host.placeholder")}
        mono
      />
      <ChoiceLine
        label={t("connections.field.tls")}
        value={values.useTls ? "on" : "off"}
        options={[
          { value: "on", label: t("common.yes") },
          { value: "off", label: t("common.no") },
        ]}
        onChange={(choice) => {
          const useTls = choice === "on";
          setValue("useTls", useTls, { shouldDirty: true });
          setValue("port", portFor(useTls, values.port), { shouldDirty: true });
        }}
        hint={t(values.useTls ? "connections.field.tls.on" : "connections.field.tls.off")}
        tone={values.useTls ? "plain" : "bad"}
      />
      <TextLine form={form} name="port" label={t("connections.field.port")} chars={7} mono />
      <TextLine form={form} name="vhost" label={t("connections.field.vhost")} chars={32} mono />
      <ChoiceLine
        label={t("connections.field.authentication")}
        value={values.authentication}
        options={[
          { value: "PLAIN", label: "PLAIN" },
          { value: "EXTERNAL", label: "EXTERNAL" },
        ]}
        onChange={(authentication) =>
          setValue("authentication", authentication, { shouldDirty: true, shouldValidate: true })
        }
        hint={t(
          external
            ? "connections.field.authentication.external"
            : "connections.field.authentication.plain",
        )}
        error={problem("authentication")}
      />
    </>
  );
}

/** Apart from the node's own address: it may be on another host. */
export function ManagementFields({ form }: { form: FormParts }): ReactNode {
  const { t } = useText();
  const isPlain = /^http:/iu.test(form.values.managementUrl.trim());
  return (
    <TextLine
      form={form}
      name="managementUrl"
      label={t("connections.field.managementUrl")}
      placeholder={t("connections.field.managementUrl.placeholder")}
      mono
      help={t(
        isPlain ? "connections.field.managementUrl.plain" : "connections.field.managementUrl.hint",
      )}
    />
  );
}
