//! What an entry says, in words: the ledger keeps codes and names of its time.

import { useCallback } from "react";
import { useQuery } from "@tanstack/react-query";

import { failureText } from "@/components/FailureState/words";
import { forPlural, printable, type Format } from "@/format";
import type { Text } from "@/i18n";
import type { ActivityEntry, Fact, Place, Setting } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";
import { connectionsQuery } from "@/platform/queries";
import { placeText } from "@/shell/placeText";

/** The verb, or the ledger's own word where another version wrote it. */
export function actionText({ t }: Text, { verb, action }: ActivityEntry): string {
  return verb === null ? printable(action) : t(`activity.verb.${verb}`);
}

/** The verb, and the ledger's own word where it is another one. */
export function actionTitle(text: Text, entry: ActivityEntry): string {
  const shown = actionText(text, entry);
  const written = printable(entry.action);
  return shown === written ? shown : `${shown} (${written})`;
}

/** What became of a connection since an entry was written; null where nothing did. */
export type Since =
  | { readonly is: "removed" }
  | { readonly is: "renamed"; readonly now: string }
  | null;

/** By its id, which stays, and the name that it had. Nothing is said before the list is there. */
export function useSince(): (connection: string, name: string) => Since {
  const { data } = useQuery(connectionsQuery(useCommands()));
  return useCallback(
    (connection, name) => {
      if (data === undefined) return null;
      const now = data.find(({ id }) => id === connection);
      if (now === undefined) return { is: "removed" };
      return now.name === name ? null : { is: "renamed", now: now.name };
    },
    [data],
  );
}

export function sinceText({ t }: Text, since: Since): string | null {
  if (since === null) return null;
  return since.is === "removed"
    ? t("activity.connection.removed")
    : t("activity.connection.renamed", { name: printable(since.now) });
}

/** Each place, the outer one first; or the ledger's own words where it has nothing else. */
function placesText(text: Text, places: readonly Place[], words: string): string {
  if (places.length === 0) return printable(words);
  return places.map((place) => placeText(text, place)).join(" / ");
}

export function objectText(text: Text, entry: ActivityEntry): string {
  return placesText(text, entry.objectPlaces, entry.object);
}

/** Empty where nothing came from anywhere. */
export function sourceText(text: Text, entry: ActivityEntry): string {
  return placesText(text, entry.sourcePlaces, entry.source ?? "");
}

function settingText({ t }: Text, setting: Setting, value: string): string {
  if (setting === "environment") {
    if (value === "dev" || value === "staging" || value === "production")
      return t(`common.environment.${value}`);
  } else if (setting === "access_level") {
    // The ledger has the words that are shown in English.
    if (value === "read-only") return t("access.read_only");
    if (value === "guarded" || value === "open") return t(`access.${value}`);
  }
  return printable(value);
}

function factText(text: Text, format: Format, fact: Fact): string {
  const { t } = text;
  switch (fact.fact) {
    case "messages": {
      const count = forPlural(fact.count);
      return t(`activity.fate.${fact.fate}`, { count, n: format.count(fact.count) });
    }
    case "lasts":
      return t("activity.fact.lasts", { time: format.millis(BigInt(fact.seconds) * 1000n) });
    case "run":
      return t("activity.fact.run", { id: printable(fact.id) });
    case "changed":
      return t("activity.fact.changed", {
        setting: t(`activity.setting.${fact.setting}`),
        from: settingText(text, fact.setting, fact.from),
        to: settingText(text, fact.setting, fact.to),
      });
    case "note":
      return t(`activity.note.${fact.note}`);
    case "failure":
      return failureText(text, fact.failure);
    case "words":
      return printable(fact.words);
  }
}

/** Numbers in a row, everything else after a dot; the run of a replay, which nobody reads, last. */
export function detailText(text: Text, format: Format, entry: ActivityEntry): string {
  if (entry.facts.length === 0) return printable(entry.detail ?? "");
  const isRun = ({ fact }: Fact): boolean => fact === "run";
  const facts = [
    ...entry.facts.filter((fact) => !isRun(fact)),
    ...entry.facts.filter((fact) => isRun(fact)),
  ];
  return facts.reduce((said, fact) => {
    const shown = factText(text, format, fact);
    if (said === "") return shown;
    return `${said}${fact.fact === "messages" ? "," : " ·"} ${shown}`;
  }, "");
}

/** Of a change that has a number of messages; null for one that has none, as an unlock. */
export function isCounted({ verb, count }: ActivityEntry): boolean {
  return (
    count !== null ||
    !(verb === "unlock" || verb === "lock" || verb === "edit" || verb === "remove")
  );
}

/** `12 messages`; from a topic they are records. */
export function countText(
  { t }: Text,
  format: Format,
  entry: ActivityEntry,
  count: string,
): string {
  const records =
    entry.verb === "replay" && entry.sourcePlaces.some(({ kind }) => kind === "topic");
  const values = { count: forPlural(count), n: format.count(count) };
  return t(records ? "activity.records" : "activity.messages", values);
}
