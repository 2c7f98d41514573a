import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { classes } from "@/components/classes";
import { Facts, type Fact } from "@/components/Facts/Facts";
import { failureText } from "@/components/FailureState/words";
import { forPlural, printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { Party, ReplayPreview } from "@/platform/bindings";

import styles from "./replay.module.css";
import { changeText, linesOf, unknownText, type Tone } from "./words";

const MARKS: Readonly<Record<Tone, string>> = {
  passed: "✓",
  partly: "!",
  warning: "!",
  failed: "✗",
  unknown: "?",
};

export interface PreviewViewProps {
  preview: ReplayPreview;
  /** Why the target is unlocked, where it is. */
  reason: string | null;
}

/** What a replay would do, before it does it. */
export function PreviewView({ preview, reason }: PreviewViewProps): ReactNode {
  const text = useText();
  const { t } = text;
  const format = useFormat();
  const { sendable, selected, changes, refusals, routes } = preview;
  const counts = {
    count: forPlural(sendable),
    shown: format.count(sendable),
    selected: format.count(selected),
    bytes: format.bytes(preview.bytes),
    largest: format.bytes(preview.largest),
  };
  const facts: Fact[] = [
    { name: t("replay.from"), value: <PartyName party={preview.source} /> },
    {
      name: t("replay.object"),
      value: (
        <>
          <b>{printable(preview.object)}</b> <PartyName party={preview.target} />
        </>
      ),
    },
    {
      name: t("replay.set"),
      value: (
        <span title={format.exactBytes(preview.bytes)}>
          {t(sendable === selected ? "replay.set.value" : "replay.set.part", counts)}
        </span>
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
                {changeText(text, format, change, selected)}
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
          {refusals.map(({ why, messages, failure }) => (
            <li key={why} title={failure === null ? undefined : failureText(text, failure)}>
              {format.count(messages)}: {t(`replay.refusal.${why}`)}
            </li>
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
                {route.unknown !== null && (
                  <span title={unknownText(text, format, route.unknown)}>
                    {" "}
                    · {t("replay.route.more")}
                  </span>
                )}
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
