import type { ReactNode } from "react";

/** `<b>` in a message. */
export function bold(parts: ReactNode): ReactNode {
  return <b>{parts}</b>;
}
