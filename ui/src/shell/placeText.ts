//! A place on a broker in words: `topic orders`, `exchange commands · payment.retry`.

import { printable } from "@/format";
import type { Text } from "@/i18n";
import type { Place } from "@/platform/bindings";

export function placeText({ t }: Text, place: Place): string {
  const name = printable(place.name);
  switch (place.kind) {
    case "connection":
      return name;
    case "topic":
    case "queue":
      return t(`activity.place.${place.kind}`, { name });
    case "exchange": {
      const key = place.key === null ? t("activity.place.keys") : printable(place.key);
      return place.name === ""
        ? t("activity.place.exchange.default", { key })
        : t("activity.place.exchange", { name, key });
    }
  }
}
