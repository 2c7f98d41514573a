import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { classes } from "@/components/classes";
import { Facts, type Fact } from "@/components/Facts/Facts";
import { bold } from "@/components/rich";
import { forPlural, printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { Party, Place, ReplayPreview } from "@/platform/bindings";

import styles from "./replay.module.css";
import { changeText, linesOf, refusalText, unknownText, type Kind, type Tone } from "./words";

const MARKS: Readonly<Record<Tone, string>> = {
  passed: "✓",
  partly: "!",
  warning: "!",
  failed: "✗",
  unknown: "?",
};

export interface PreviewViewProps {
  preview: ReplayPreview;
  /** What the source holds. */
  kind: Kind;
  /** Why the target is unlocked, where it is. */
  reason: string | null;
}

/** What a replay would do, before it does it. */
export function PreviewView({ preview, kind, reason }: PreviewViewProps): ReactNode {
  const text = useText();
  const { t } = text;
  const format = useFormat();
  const { sendable, selected, changes, refusals, routes } = preview;
  const counts = {
    count: forPlural(sendable),
    shown: format.count(sendable),
    selected: format.count(selected),
  };
  const facts: Fact[] = [
    { name: t("replay.from"), value: <PartyName party={preview.source} /> },
    {
      name: t("replay.object"),
      value: (
        <>
          <PlaceName place={preview.place} />
          <div>
            <PartyName party={preview.target} />
          </div>
        </>
      ),
    },
    {
      name: t(`replay.set.${kind}`),
      value: (
        <>
          {t(sendable === selected ? "replay.set.value" : "replay.set.part", counts)}
          {" · "}
          <Sizes preview={preview} />
        </>
      ),
    },
    { name: t("replay.headers"), value: <Added names={preview.addedHeaders} /> },
    {
      name: t("replay.differs"),
      value:
        changes.length === 0 ? (
          t("replay.differs.nothing")
        ) : (
          <ul className={styles["list"]}>
            {changes.map((change) => (
              <li
                key={change.kind}
                className={change.effect === "lost" ? styles["warning"] : undefined}
              >
                {changeText(text, format, change, selected, kind)}
              </li>
            ))}
          </ul>
        ),
    },
  ];
  if (refusals.length > 0)
    facts.push({
      name: t("replay.leftOut"),
      value: (
        <ul className={classes(styles["list"], styles["warning"])}>
          {refusals.map((refusal) => (
            <li key={refusal.why}>{refusalText(text, format, refusal)}</li>
          ))}
        </ul>
      ),
    });
  if (routes.length > 0)
    facts.push({
      name: t("replay.routes"),
      value: (
        <ul className={styles["list"]}>
          {routes.map((route) => (
            <li key={route.routingKey}>
              {route.queues.length === 0 && route.unknown === null
                ? t("replay.route.nobody")
                : route.queues.map(printable).join(", ")}{" "}
              <em>
                {t("replay.route.key", { key: printable(route.routingKey) })}
                {route.unknown !== null &&
                  ` · ${t("replay.route.more", { why: unknownText(text, format, route.unknown) })}`}
              </em>
            </li>
          ))}
        </ul>
      ),
    });
  if (reason !== null) facts.push({ name: t("replay.reason"), value: printable(reason) });
  return (
    <>
      <Facts facts={facts} />
      <ul className={styles["checks"]} aria-label={t("replay.checks")}>
        {linesOf(text, format, preview).map((line) => (
          <li key={line.text}>
            <span className={classes(styles["mark"], styles[line.tone])} aria-hidden>
              {MARKS[line.tone]}
            </span>
            <span className="visually-hidden">{t(`replay.checkState.${line.tone}`)}: </span>
            <span>{line.text}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** As the list shows them, and as they go, which is more: with headers that are added. */
function Sizes({ preview }: { preview: ReplayPreview }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const { originalBytes, bytes, largest, sendable } = preview;
  const original = format.bytes(originalBytes);
  const help = {
    original: format.exactBytes(originalBytes),
    sent: format.exactBytes(bytes),
  };
  return (
    <span title={t("replay.set.size.help", help)}>
      {originalBytes === bytes
        ? original
        : t("replay.set.size", { original, sent: format.bytes(bytes) })}
      {sendable > 1 && `, ${t("replay.set.largest", { largest: format.bytes(largest) })}`}
    </span>
  );
}

/** What is written to: a name and its kind, in the language of the window. */
function PlaceName({ place }: { place: Place }): ReactNode {
  const { t, rich } = useText();
  if (place.kind === "topic")
    return rich("replay.place.topic", { name: printable(place.name), b: bold });
  if (place.kind !== "exchange") return <b>{printable(place.name)}</b>;
  return (
    <>
      {place.name === ""
        ? rich("replay.place.exchange.default", { b: bold })
        : rich("replay.place.exchange", { name: printable(place.name), b: bold })}
      {", "}
      {place.key === null
        ? t("replay.place.keys")
        : rich("replay.place.key", { key: printable(place.key), b: bold })}
    </>
  );
}

function PartyName({ party }: { party: Party }): ReactNode {
  const { t } = useText();
  return (
    <>
      {printable(party.name)}{" "}
      <span className={styles[party.environment]}>
        {t(`common.environment.${party.environment}`)}
      </span>
    </>
  );
}

function Added({ names }: { names: readonly string[] }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  if (names.length === 0) return t("replay.headers.none");
  return (
    <>
      {t("replay.headers.added", {
        count: forPlural(names.length),
        shown: format.count(names.length),
      })}{" "}
      <Button kind="link" onClick={() => setOpen(!open)}>
        {open ? t("common.hide") : t("common.show")}
      </Button>
      {open && (
        <ul className={styles["list"]}>
          {names.map((name) => (
            <li key={name}>
              <code className={styles["passed"]}>+ {printable(name)}</code>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
