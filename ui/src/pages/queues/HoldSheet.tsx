//! Before anything is taken: how many, what it costs, what follows. Asking costs nothing.

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Facts, type Fact } from "@/components/Facts/Facts";
import { FailureLine, FailureState } from "@/components/FailureState/FailureState";
import { failureText } from "@/components/FailureState/words";
import { Field } from "@/components/Field/Field";
import { useMounted } from "@/components/mounted";
import { Segmented } from "@/components/Segmented/Segmented";
import { Sheet } from "@/components/Sheet/Sheet";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { TextInput } from "@/components/TextInput/TextInput";
import { useToast } from "@/components/Toast/Toast";
import { forPlural, formatCountdown, printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { Failure, HoldMode, HoldPreview, HoldView } from "@/platform/bindings";
import { asFailure } from "@/platform/failure";
import { useCommands } from "@/platform/platform";
import { connectionsQuery, holdsQuery } from "@/platform/queries";
import { useRemaining } from "@/shell/useRemaining";

import { parseHoldCount, USUAL_HOLD } from "./counts";
import { AfterLastLookFact } from "./deadLetter";
import { holdOf, longestOf, type Longest } from "./holds";
import styles from "./HoldSheet.module.css";
import { RefusalView, refusedBy } from "./RefusalView";

export interface HoldSheetProps {
  connection: string;
  queue: string;
  /** How many can be taken at most. */
  most: number;
  /** Messages are being asked for, by this sheet or the one before it. */
  starting: boolean;
  onStarting: (starting: boolean) => void;
  onClose: () => void;
  onHeld: (hold: HoldView) => void;
}

export function HoldSheet(props: HoldSheetProps): ReactNode {
  const { connection, queue, most, starting, onStarting, onClose, onHeld } = props;
  const words = useText();
  const { t } = words;
  const toast = useToast();
  const mounted = useMounted();
  const client = useQueryClient();
  const format = useFormat();
  const commands = useCommands();
  const [text, setText] = useState(String(Math.min(USUAL_HOLD, most)));
  const [chosen, setChosen] = useState<HoldMode | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);

  const wanted = parseHoldCount(text, most);
  const preview = useQuery({
    queryKey: ["hold-preview", connection, queue, wanted],
    queryFn: () => commands.previewHold(connection, queue, wanted ?? USUAL_HOLD),
    enabled: wanted !== null,
    placeholderData: keepPreviousData,
    // A cost is only worth what the queue is now.
    gcTime: 0,
    staleTime: 0,
  });
  const cost = preview.data;
  const { data: holds = [], dataUpdatedAt: holdsAt } = useQuery(holdsQuery(commands));
  const found = holdOf(holds, connection, queue);
  // More of a hold is taken as the hold is.
  const inForce = found === null || found.phase === "ended" ? null : found;
  const mode = inForce?.mode ?? chosen ?? cost?.mode ?? "hold";
  const count = wanted === null ? null : atMost(wanted, cost?.wouldHide ?? null);
  const refused = cost?.refusal ?? refusedBy(failure) ?? refusedBy(preview.error);
  const ready =
    cost !== undefined &&
    count !== null &&
    !preview.isPlaceholderData &&
    !starting &&
    refused === null;

  const start = async (): Promise<void> => {
    if (!ready || count === null) return;
    onStarting(true);
    setFailure(null);
    try {
      onHeld(await commands.startHold(connection, queue, count, mode));
    } catch (thrown) {
      const why = asFailure(thrown);
      if (mounted.current) setFailure(why);
      else toast(failureText(words, why), "bad");
      // It may be refused because of what the page does not show yet.
      void client.invalidateQueries({ queryKey: ["holds"] });
    } finally {
      onStarting(false);
    }
  };
  const sent = starting ? t("queues.hold.sent") : undefined;

  if (refused !== null)
    return (
      <Sheet title={t("queues.hold.title", { queue: printable(queue) })} onClose={onClose}>
        <RefusalView
          refused={refused}
          onAgain={() => {
            setFailure(null);
            void preview.refetch();
          }}
        />
      </Sheet>
    );

  return (
    <Sheet
      title={t("queues.hold.title", { queue: printable(queue) })}
      onClose={onClose}
      busy={sent}
      footer={
        <>
          <Button
            onClick={onClose}
            {...(sent === undefined ? {} : { disabled: true, reason: sent })}
          >
            {t("queues.hold.cancel")}
          </Button>
          <Button
            kind="primary"
            onClick={() => void start()}
            disabled={!ready}
            reason={
              sent ??
              (count === null
                ? t("queues.hold.count.problem", { max: format.count(most) })
                : t("common.loading"))
            }
          >
            {t(mode === "copy" ? "queues.hold.confirmCopy" : "queues.hold.confirm", {
              count: count ?? USUAL_HOLD,
            })}
          </Button>
        </>
      }
    >
      <form
        className={styles["form"]}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <Field
          label={t("queues.hold.count")}
          help={<Ready preview={cost} />}
          error={
            wanted === null
              ? t("queues.hold.count.problem", { max: format.count(most) })
              : undefined
          }
        >
          <TextInput
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            inputMode="numeric"
            chars={8}
          />
        </Field>
      </form>
      {cost?.mode === "copy" && inForce === null && (
        <div className={styles["mode"]}>
          <Segmented
            label={t("queues.hold.mode")}
            value={mode}
            options={[
              { value: "copy", label: t("queues.hold.mode.copy") },
              { value: "hold", label: t("queues.hold.mode.hold") },
            ]}
            onChange={setChosen}
          />
        </div>
      )}
      {cost === undefined ? (
        preview.error === null ? (
          <Skeleton rows={5} />
        ) : (
          <FailureState failure={preview.error} onRetry={() => void preview.refetch()} />
        )
      ) : (
        <Cost
          connection={connection}
          preview={cost}
          mode={mode}
          heldFor={inForce?.remainingSeconds ?? null}
          heldAt={holdsAt}
        />
      )}
      {failure !== null && (
        <div className={styles["failure"]}>
          <FailureLine failure={failure} />
        </div>
      )}
    </Sheet>
  );
}

/** What is there to be taken, where that is known. */
function atMost(wanted: number, hidden: string | null): number {
  if (hidden === null) return wanted;
  const there = BigInt(hidden);
  return there > 0n && there < BigInt(wanted) ? Number(there) : wanted;
}

function Ready({ preview }: { preview: HoldPreview | undefined }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  if (preview === undefined) return null;
  return preview.ready === null
    ? t("queues.hold.readyUnknown")
    : t("queues.hold.ready", {
        n: format.count(preview.ready),
        count: forPlural(preview.ready),
      });
}

interface CostProps {
  connection: string;
  preview: HoldPreview;
  mode: HoldMode;
  /** How long the hold in force still lasts, in seconds at `heldAt`; null where none is. */
  heldFor: number | null;
  heldAt: number;
}

function Cost(props: CostProps): ReactNode {
  const { preview, mode } = props;
  const { t } = useText();
  const format = useFormat();
  const { cost, otherConsumers: consumers, afterLastLook: after } = preview;
  const longest = useLongest(props);
  // How long messages may be held says nothing about a copy, nor where something else ends it first.
  const counts = mode === "hold" && longest.until === "broker";
  const notes = preview.notes.filter((note) => counts || note !== "timeout_assumed");
  const usual = {
    time: format.millis(preview.longestSeconds * 1000),
    allowed: format.millis(preview.allowedSeconds * 1000),
  };
  const live = consumers !== null && consumers !== "0";
  const facts: readonly Fact[] = [
    {
      name: t("queues.hold.effect"),
      value: t(
        mode === "copy"
          ? "queues.hold.mode.copy.text"
          : live
            ? "queues.hold.mode.hold.live"
            : "queues.hold.mode.hold.text",
      ),
    },
    {
      name: t("queues.hold.cost"),
      value: t(`queues.hold.cost.${cost}`),
    },
    ...(preview.left.left === "between"
      ? [
          {
            name: t("queues.hold.left"),
            value: t(
              preview.left.atLeast === preview.left.atMost
                ? "queues.hold.left.same"
                : "queues.hold.left.between",
              {
                least: format.count(preview.left.atLeast),
                most: format.count(preview.left.atMost),
              },
            ),
          },
        ]
      : []),
    ...(after.then === "stays"
      ? []
      : [{ name: t("queues.hold.after"), value: <AfterLastLookFact after={after} /> }]),
    {
      name: t("queues.hold.consumers"),
      value:
        consumers === null
          ? t("queues.hold.consumers.unknown")
          : consumers === "0"
            ? t("queues.hold.consumers.none")
            : t("queues.hold.consumers.some", {
                n: format.count(consumers),
                count: forPlural(consumers),
              }),
    },
    ...(mode === "hold"
      ? [
          {
            name: t("queues.hold.longest"),
            value:
              longest.until !== "broker"
                ? t(`queues.hold.longest.${longest.until}`, {
                    time: formatCountdown(longest.seconds),
                  })
                : notes.includes("timeout_assumed")
                  ? t("queues.hold.longest.text", { time: usual.time })
                  : t("queues.hold.longest.known", usual),
          },
        ]
      : []),
  ];
  return (
    <>
      <Facts facts={facts} label={t("queues.hold.cost")} />
      {notes.length > 0 && (
        <section className={styles["notes"]} aria-label={t("queues.hold.notes")}>
          <h3>{t("queues.hold.notes")}</h3>
          <ul>
            {notes.map((note) => (
              <li key={note}>{t(`queues.hold.note.${note}`, usual)}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** How long messages would be held, counted down where an unlock or a hold in force ends it. */
function useLongest({ connection, preview, heldFor, heldAt }: CostProps): Longest {
  const { data = [], dataUpdatedAt } = useQuery(connectionsQuery(useCommands()));
  const unlocked = data.find(({ id }) => id === connection)?.access.unlocked ?? null;
  const unlock = useRemaining(unlocked?.remainingSeconds ?? null, dataUpdatedAt);
  return longestOf(preview.longestSeconds, unlock, useRemaining(heldFor, heldAt));
}
