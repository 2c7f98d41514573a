import type { ReactNode } from "react";

import { useText, type MessageKey } from "@/i18n";
import type { AccessLevel, Environment } from "@/platform/bindings";

import { ChoiceLine, type FormParts } from "./fields";

const ENVIRONMENTS: readonly Environment[] = ["dev", "staging", "production"];

const LEVELS: readonly AccessLevel[] = ["read_only", "guarded", "open"];
const LEVEL_HINTS: Readonly<Record<AccessLevel, MessageKey>> = {
  read_only: "connections.field.access.readOnly.hint",
  guarded: "connections.field.access.guarded.hint",
  open: "connections.field.access.open.hint",
};

/** What breaks if something goes wrong there, and so what is allowed. */
export function IdentityFields({ form }: { form: FormParts }): ReactNode {
  const { t } = useText();
  const { values, setValue } = form;
  const production = values.environment === "production";
  return (
    <>
      <ChoiceLine
        label={t("connections.field.environment")}
        value={values.environment}
        options={ENVIRONMENTS.map((value) => ({ value, label: t(`common.environment.${value}`) }))}
        onChange={(environment) => setValue("environment", environment, { shouldDirty: true })}
      />
      <ChoiceLine
        label={t("connections.field.access")}
        // What a profile says of production is kept, and never applies.
        value={production ? "read_only" : values.access}
        options={LEVELS.map((value) => ({ value, label: t(`access.${value}`) }))}
        onChange={(access) => setValue("access", access, { shouldDirty: true })}
        hint={t(production ? "connections.field.access.production" : LEVEL_HINTS[values.access])}
        disabled={production}
      />
    </>
  );
}
