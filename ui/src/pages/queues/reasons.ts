//! The colour of a dead-letter reason: purple for what the broker gave up on, yellow for time and
//! room, red for what a consumer refused. A reason that is not known keeps the plain ink.

export type ReasonTone = "dead" | "warn" | "bad" | "plain";

export function reasonTone(reason: string): ReasonTone {
  switch (reason) {
    case "delivery_limit":
      return "dead";
    case "expired":
    case "maxlen":
    case "max_length":
      return "warn";
    case "rejected":
      return "bad";
    default:
      return "plain";
  }
}
