//! What is held, how long, and what it has cost: always in view while messages are held.

import { useLayoutEffect, useRef, type ReactNode, type RefObject } from "react";

import { Button } from "@/components/Button/Button";
import { FailureLine } from "@/components/FailureState/FailureState";
import { formatCountdown, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { HoldView } from "@/platform/bindings";
import { limits } from "@/platform/limits";
import { useRemaining } from "@/shell/useRemaining";

import styles from "./HoldBanner.module.css";
import { fullOf, summarise, tallyOf } from "./holds";
import { Pips, WorstLooks } from "./LooksView";
import { fateOf } from "./looks";
import { bold } from "./rich";

export interface HoldBannerProps {
  hold: HoldView;
  /** When `hold` was as it is here. */
  at: number;
  /** Why no more can be held; undefined where it can. */
  refusal: string | undefined;
  busy: boolean;
  onMore: () => void;
  onReturnAll: () => void;
  onDrop: () => void;
}

export function HoldBanner(props: HoldBannerProps): ReactNode {
  const { hold } = props;
  const { t, rich } = useText();
  const format = useFormat();
  const summary = summarise(hold);
  const over = hold.phase === "ended";
  const full = fullOf(hold, limits.heldMessages);
  const box = useKeptHeight(hold.id, over);
  return (
    <section
      ref={box}
      className={styles["banner"]}
      data-over={over}
      aria-label={t("queues.banner.label")}
    >
      <div className={styles["row"]}>
        <div className={styles["what"]}>
          <span>
            <Sentence hold={hold} />
          </span>{" "}
          {summary === "holding" && (
            <span role="timer">
              <Countdown {...props} />
            </span>
          )}
        </div>
        {hold.worst !== null && (
          <div className={styles["cost"]}>
            <Pips looks={hold.worst} />
            <WorstLooks looks={hold.worst} held={hold.held} after={hold.afterLastLook} />
          </div>
        )}
        <div className={styles["actions"]}>
          {over ? (
            <Button onClick={props.onDrop}>{t("queues.banner.drop")}</Button>
          ) : (
            <>
              <Button
                onClick={props.onMore}
                disabled={props.refusal !== undefined || full !== null}
                reason={
                  props.refusal ??
                  t(`queues.banner.more.${full ?? "taking"}`, {
                    n: format.count(limits.heldMessages),
                  })
                }
              >
                {t("queues.banner.more")}
              </Button>
              <Button
                onClick={props.onReturnAll}
                disabled={props.busy}
                reason={t("common.loading")}
              >
                {t("queues.banner.returnAll")}
              </Button>
            </>
          )}
        </div>
      </div>
      <TakeEndLine hold={hold} />
      {hold.stuck !== null && (
        <>
          <p className={styles["warn"]}>{t("queues.banner.stuck")}</p>
          <div className={styles["ended"]}>
            <FailureLine failure={hold.stuck} />
          </div>
        </>
      )}
      {hold.inLastLook > 0 && (
        <p className={styles["warn"]}>
          {hold.released !== null && hold.stuck === null && (
            <>{t(`queues.banner.released.${hold.released}`)} </>
          )}
          {rich("queues.banner.inLastLook", {
            n: format.count(hold.inLastLook),
            count: hold.inLastLook,
            fate: t(`queues.banner.fate.${fateOf(hold.afterLastLook)}`),
            b: bold,
          })}
        </p>
      )}
      {hold.diesWithConnection > hold.inLastLook && (
        <p className={styles["warn"]}>
          {rich("queues.banner.diesWithConnection", {
            n: format.count(hold.diesWithConnection),
            count: hold.diesWithConnection,
            fate: t(`queues.banner.fate.${fateOf(hold.afterLastLook)}`),
            b: bold,
          })}
        </p>
      )}
      {hold.end?.end === "failed" && (
        <div className={styles["ended"]}>
          <FailureLine failure={hold.end.failure} />
        </div>
      )}
    </section>
  );
}

/** Keeps the height from before the hold ended: what is said less then must not move the rows. */
function useKeptHeight(hold: string, over: boolean): RefObject<HTMLElement | null> {
  const box = useRef<HTMLElement>(null);
  const kept = useRef<{ readonly hold: string; readonly height: number } | null>(null);
  useLayoutEffect(() => {
    const banner = box.current;
    if (banner === null) return;
    if (!over) kept.current = { hold, height: banner.getBoundingClientRect().height };
    const height = over && kept.current?.hold === hold ? kept.current.height : null;
    banner.style.minHeight = height === null ? "" : `${height}px`;
  });
  return box;
}

function Sentence({ hold }: { hold: HoldView }): ReactNode {
  const { t, rich } = useText();
  const format = useFormat();
  const held = { n: format.count(hold.held), count: hold.held, b: bold };
  const rows = { n: format.count(hold.rows), count: hold.rows, b: bold };
  switch (summarise(hold)) {
    case "taking":
      return rich("queues.banner.taking", rows);
    case "holding":
      return rich("queues.banner.holding", held);
    case "copied":
      return (
        <>
          {rich("queues.banner.copied", rows)} {t("queues.banner.copied.then")}
        </>
      );
    case "ended":
      return (
        <>
          {rich("queues.banner.ended", { b: bold })} <EndWords hold={hold} />
        </>
      );
  }
}

/** Why a hold ended and what became of its messages; a failure stands in a line of its own. */
function EndWords({ hold }: { hold: HoldView }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const { end, fates } = hold;
  if (end === null) return null;
  const tally = tallyOf(fates)
    .map(([fate, count]) => t(`queues.banner.tally.${fate}`, { n: format.count(count), count }))
    .join(t("queues.banner.tally.join"));
  switch (end.end) {
    case "nothing_taken":
      return t("queues.banner.end.nothing_taken");
    case "settled":
      return t("queues.banner.end.tally.settled", { tally });
    case "queue_deleted":
      return fates.deleted === hold.rows
        ? t("queues.banner.end.queue_deleted")
        : t("queues.banner.end.tally.queue_deleted", { tally });
    case "released":
      if (fates.returned === hold.rows) return t(`queues.banner.end.released.${end.reason}`);
      return end.reason === "asked" || end.reason === "copied"
        ? t("queues.banner.end.tally", { tally })
        : t(`queues.banner.end.tally.${end.reason}`, { tally });
    case "failed":
      return tally === "" ? null : t("queues.banner.end.tally", { tally });
  }
}

/** Why taking stopped, where it was not because all of them came. */
function TakeEndLine({ hold }: { hold: HoldView }): ReactNode {
  const { t } = useText();
  const { takeEnd } = hold;
  if (hold.phase === "ended" || takeEnd === null) return null;
  switch (takeEnd.end) {
    case "complete":
    case "stopped":
      return null;
    case "empty":
    case "bytes":
    case "last_look":
    case "stalled":
      return <p className={styles["note"]}>{t(`queues.banner.take.${takeEnd.end}`)}</p>;
    case "failed":
      return (
        <div className={styles["ended"]}>
          <FailureLine failure={takeEnd.failure} />
        </div>
      );
  }
}

function Countdown({ hold, at }: HoldBannerProps): ReactNode {
  const { t, rich } = useText();
  const left = useRemaining(hold.remainingSeconds, at);
  if (hold.stuck !== null) return t("queues.banner.returnedAgain");
  if (left === null) return t("queues.banner.returnedNever");
  if (left <= 0) return t("queues.banner.returnedNow");
  return rich(`queues.banner.returned.${hold.until}`, {
    time: formatCountdown(left),
    b: bold,
  });
}
