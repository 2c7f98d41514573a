import type { ReactNode } from "react";

import { Chip } from "@/components/Chip/Chip";
import { useText } from "@/i18n";
import type { BrokerKind, Environment } from "@/platform/bindings";

/** Which broker, and whose data: in the head of each page of a connection itself. */
export function ConnectionChips(props: {
  broker: BrokerKind;
  environment: Environment;
}): ReactNode {
  const { t } = useText();
  return (
    <>
      <Chip>{t(`common.broker.${props.broker}`)}</Chip>
      <Chip tone={props.environment === "production" ? "bad" : "plain"}>
        {t(`common.environment.${props.environment}`)}
      </Chip>
    </>
  );
}
