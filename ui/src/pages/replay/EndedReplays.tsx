//! In the status bar: replays that ended while nobody looked, until someone does.

import { Link } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Dialog } from "@/components/Dialog/Dialog";
import { FailureState } from "@/components/FailureState/FailureState";
import { failureText } from "@/components/FailureState/words";
import { useToast } from "@/components/Toast/Toast";
import { printable, useFormat, type Format } from "@/format";
import { useText, type Text } from "@/i18n";
import { usePlatform } from "@/platform/platform";
import { dropEnded, useEndedReplays, type EndedReplay } from "@/shell/endedReplays";

import { accountText, endText, isWhole } from "./account";
import styles from "./replay.module.css";
import { ReportView } from "./ReportView";

function targetOf({ target }: EndedReplay): string {
  return printable(target);
}

/** What is said of it at once, in full. */
function newsText(text: Text, format: Format, ended: EndedReplay): string {
  const { t } = text;
  const target = targetOf(ended);
  if (ended.report !== null)
    return t("replay.done", { target, account: accountText(text, format, ended.report) });
  if (ended.failure !== null)
    return t("replay.ended.failed.why", { target, why: failureText(text, ended.failure) });
  return t("replay.ended.elsewhere", { target });
}

/** What stands in the status bar, which has little room. */
function briefText(text: Text, format: Format, ended: EndedReplay): string {
  const { t } = text;
  const target = targetOf(ended);
  if (ended.report !== null)
    return t("replay.done", { target, account: endText(text, format, ended.report) });
  return t(ended.failure === null ? "replay.ended.elsewhere" : "replay.ended.failed", { target });
}

function isWell({ report, failure }: EndedReplay): boolean {
  return report === null ? failure === null : isWhole(report);
}

export function EndedReplays(): ReactNode {
  const text = useText();
  const format = useFormat();
  const toast = useToast();
  const platform = usePlatform();
  const ended = useEndedReplays();
  const [open, setOpen] = useState<EndedReplay | null>(null);
  const told = useRef<ReadonlySet<string>>(new Set());
  const tell = useEffectEvent((replay: EndedReplay) => {
    if (isWell(replay)) toast(newsText(text, format, replay), "plain", "lasting");
    else toast(newsText(text, format, replay), "bad");
  });
  useEffect(() => {
    for (const replay of ended) if (!told.current.has(replay.id)) tell(replay);
    told.current = new Set(ended.map(({ id }) => id));
  }, [ended]);
  return (
    <>
      {ended.map((replay) => {
        const brief = briefText(text, format, replay);
        const props = {
          className: styles["ended"],
          "data-tone": isWell(replay) ? "well" : "bad",
          title: newsText(text, format, replay),
        };
        return replay.report === null && replay.failure === null ? (
          <Link
            key={replay.id}
            to="/activity"
            onClick={() => dropEnded(platform, replay.id)}
            {...props}
          >
            {brief}
          </Link>
        ) : (
          <button key={replay.id} type="button" onClick={() => setOpen(replay)} {...props}>
            {brief}
          </button>
        );
      })}
      {open !== null && (
        <Account
          ended={open}
          onClose={() => {
            setOpen(null);
            dropEnded(platform, open.id);
          }}
        />
      )}
    </>
  );
}

function Account({ ended, onClose }: { ended: EndedReplay; onClose: () => void }): ReactNode {
  const { t } = useText();
  const { report, failure, kind } = ended;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("replay.ended.title", { target: targetOf(ended) })}
      actions={
        <Button kind="primary" onClick={onClose}>
          {t("common.close")}
        </Button>
      }
    >
      {report !== null && (
        <div className={styles["account"]}>
          <ReportView report={report} kind={kind ?? "messages"} />
        </div>
      )}
      {failure !== null && <FailureState failure={failure} />}
    </Dialog>
  );
}
