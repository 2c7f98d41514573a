import type { ReactNode } from "react";

import type { BrokerKind } from "@/platform/bindings";

import styles from "./BrokerMark.module.css";

/** K or R before a connection's name. The broker stands in words beside it or in its label. */
export function BrokerMark({ broker }: { broker: BrokerKind }): ReactNode {
  return (
    <span className={styles[broker]} aria-hidden>
      {broker === "kafka" ? "K" : "R"}
    </span>
  );
}
