//! The messages of a queue: hold some, read them, settle them.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import {
  DataTable,
  nothing,
  sizeOf,
  type DataTableHandle,
  type Selection,
} from "@/components/DataTable/DataTable";
import { EmptyState } from "@/components/EmptyState/EmptyState";
import { FailureLine } from "@/components/FailureState/FailureState";
import { useHotkey } from "@/components/hotkeys";
import { SplitView } from "@/components/SplitView/SplitView";
import { useToast } from "@/components/Toast/Toast";
import { printable } from "@/format";
import { useText } from "@/i18n";
import type { ConnectionSummary, HeldRow, HoldView, QueueFacts } from "@/platform/bindings";
import { limits } from "@/platform/limits";
import { useCommands } from "@/platform/platform";
import { holdsQuery } from "@/platform/queries";
import { useReplaySheet } from "@/pages/replay";

import { longestException, showsOf, useHeldColumns } from "./columns";
import { choose, useChosen, useHeldRows } from "./heldRows";
import { HoldBanner } from "./HoldBanner";
import { endedOf, wholeOf } from "./holds";
import { HoldSheet } from "./HoldSheet";
import styles from "./InspectView.module.css";
import { Inspector, type MessageTab } from "./Inspector";
import { SelectionBar } from "./SelectionBar";
import { LastReturnDialog, RemoveDialog } from "./SettleDialogs";
import { useBody } from "./useBody";
import { useSettle } from "./useSettle";

export type Side = "inspector" | "hold" | "replay" | "closed";

export interface InspectViewProps {
  connection: ConnectionSummary;
  queue: string;
  facts: QueueFacts | undefined;
  hold: HoldView | null;
  /** Why nothing can be held now; undefined where it can. */
  refusal: string | undefined;
  /** Present where an unlock is what is missing. */
  onUnlock?: () => void;
  side: Side;
  onSide: (side: Side) => void;
  /** Messages are being asked for. */
  starting: boolean;
  onStarting: (starting: boolean) => void;
}

/** What is being asked; the messages are those of the moment it was asked. */
type Question =
  | { readonly ask: "remove"; readonly ids: readonly number[]; readonly whole: bigint | null }
  | { readonly ask: "return"; readonly ids: readonly number[]; readonly last: number };

/** A narrow window has no room for what the panel beside the table says too. */
const narrow = (): boolean => window.innerWidth < 1360;

export function InspectView(props: InspectViewProps): ReactNode {
  const { connection, queue, hold, side, onSide, starting, onStarting } = props;
  const { t } = useText();
  const commands = useCommands();
  const client = useQueryClient();
  const toast = useToast();
  const navigate = useNavigate();
  const table = useRef<DataTableHandle>(null);
  const { data: holds = [], dataUpdatedAt } = useQuery(holdsQuery(commands));
  const pages = useHeldRows(hold);
  const columns = useHeldColumns({
    brief: side === "inspector" && narrow(),
    shows: showsOf(hold),
    exception: useLongestException(hold, pages.rowAt),
  });
  const settle = useSettle(hold);
  const body = useBody(hold);
  const [cursor, setCursor] = useState<number | null>(null);
  const [selection, setSelection] = useState<Selection>(nothing);
  const [tab, setTab] = useState<MessageTab>("story");
  const [question, setQuestion] = useState<Question | null>(null);
  const sheet = useReplaySheet();

  // Another hold is another list: nothing of the old one stays chosen.
  const [listed, setListed] = useState(hold?.id);
  if (listed !== hold?.id) {
    setListed(hold?.id);
    setCursor(null);
    setSelection(nothing);
    setQuestion(null);
    sheet.close();
  }

  // Another panel in its place closes it: a replay that is on goes on in the status bar.
  if (side !== "replay" && sheet.isOpen) sheet.close();

  const rows = hold?.rows ?? 0;
  const active = rows === 0 ? null : Math.min(cursor ?? 0, rows - 1);
  const row = active === null ? undefined : pages.rowAt(active);
  const { chosen, failure, retry } = useChosen(hold, selection);
  const selected = sizeOf(selection);
  const whole = wholeOf(props.facts, hold?.held ?? 0);

  /** What is selected, or else the row with the cursor. */
  const replay = (): void => {
    const wanted = selected > 0 ? chosen : row === undefined ? null : choose([row]);
    if (hold === null || wanted === null || wanted.all.length === 0) return;
    // To begin with, back to the queue they died in, and to no other that the exchange would reach.
    const isOpen = sheet.open(
      { from: "held", hold: hold.id, ids: [...wanted.all] },
      wanted.diedIn === null
        ? undefined
        : { to: "exchange", connection: connection.id, exchange: "", routingKey: wanted.diedIn },
    );
    if (isOpen) onSide("replay");
  };
  /** Once something is settled: nothing of it stays selected, and what was selected since does. */
  const settled = (): void => setSelection((now) => (now === selection ? nothing : now));
  const returnChosen = (): void => {
    if (chosen === null) return;
    if (chosen.last > 0) setQuestion({ ask: "return", ids: chosen.ids, last: chosen.last });
    else void settle.returnMessages(chosen.ids).then((done) => done && settled());
  };
  const answered = (): void => {
    setQuestion((now) => (now === question ? null : now));
    settled();
  };
  useHotkey("escape", () => {
    if (side === "hold" && starting) return;
    if (side === "hold" || side === "replay") onSide("inspector");
    else if (selected > 0) setSelection(nothing);
    else if (side === "inspector" && row !== undefined) onSide("closed");
    else void navigate({ to: "/c/$id/queues", params: { id: connection.id } });
    table.current?.focus();
  });

  // Whoever held them goes on with the keyboard, once their table is there.
  const id = hold?.id;
  useEffect(() => {
    if (id !== undefined && document.activeElement === document.body) table.current?.focus();
  }, [id, side]);

  if (hold === null) {
    return (
      <div className={styles["split"]}>
        <SplitView
          id="queue"
          label={t("queues.hold.open")}
          start={<Start {...props} />}
          end={
            side === "hold" ? (
              <HoldSheet
                connection={connection.id}
                queue={queue}
                most={limits.heldMessages}
                starting={starting}
                onStarting={onStarting}
                onClose={() => onSide("inspector")}
                onHeld={(held) => void shown(held)}
              />
            ) : null
          }
        />
      </div>
    );
  }

  async function shown(held: HoldView): Promise<void> {
    await client.invalidateQueries({ queryKey: ["holds"] });
    onSide("inspector");
    if (held.rows === 0 && held.phase !== "taking") toast(t("queues.hold.empty"));
    table.current?.focus();
  }

  return (
    <>
      <HoldBanner
        hold={hold}
        at={dataUpdatedAt}
        refusal={props.refusal}
        busy={settle.busy}
        onMore={() => onSide("hold")}
        onReturnAll={() => void settle.returnAll()}
        onDrop={() => void settle.drop(endedOf(holds, connection.id, queue))}
      />
      <div className={styles["split"]} data-under="banner">
        <SplitView
          id="queue"
          label={t("queues.detail.label")}
          start={
            <>
              {selected > 0 && failure === null && (
                <SelectionBar
                  count={chosen?.all.length ?? null}
                  held={chosen?.ids.length ?? 0}
                  whole={whole}
                  busy={settle.busy}
                  onReplay={replay}
                  onReturn={returnChosen}
                  onRemove={() =>
                    chosen !== null && setQuestion({ ask: "remove", ids: chosen.ids, whole })
                  }
                />
              )}
              {failure !== null && <FailureLine failure={failure} onRetry={retry} />}
              {pages.failure !== null && (
                <FailureLine failure={pages.failure} onRetry={pages.reload} />
              )}
              <DataTable
                key={hold.id}
                ref={table}
                id="held"
                label={t("queues.table.label", { queue: printable(queue) })}
                columns={columns}
                count={rows}
                rowAt={pages.rowAt}
                onWindow={pages.onWindow}
                active={active}
                onActive={setCursor}
                onInspect={() => onSide("inspector")}
                selection={selection}
                onSelection={setSelection}
                onKey={(key) => {
                  if (row === undefined) return false;
                  if (key === "c") body.copy(row);
                  else if (key === "e") body.save(row);
                  else if (key === "r") replay();
                  else return false;
                  return true;
                }}
                empty={<EmptyState title={t("queues.hold.empty")} />}
              />
            </>
          }
          end={
            side === "hold" ? (
              <HoldSheet
                connection={connection.id}
                queue={queue}
                most={limits.heldMessages - (hold.phase === "ended" ? 0 : rows)}
                starting={starting}
                onStarting={onStarting}
                onClose={() => onSide("inspector")}
                onHeld={(held) => void shown(held)}
              />
            ) : side === "replay" && sheet.isOpen ? (
              sheet.sheet(() => onSide("inspector"))
            ) : side === "closed" || row === undefined || active === null ? null : (
              <Inspector
                hold={hold}
                row={row}
                number={active + 1}
                tab={tab}
                onTab={setTab}
                onCopy={(form) => body.copy(row, form)}
                onCopyJson={() => body.copyJson(row)}
                onSave={() => body.save(row)}
              />
            )
          }
        />
      </div>
      {body.question}
      {question?.ask === "remove" && (
        <RemoveDialog
          connection={connection}
          queue={queue}
          count={question.ids.length}
          whole={question.whole}
          onClose={() => setQuestion(null)}
          onConfirm={async (typed) => {
            await settle.remove(question.ids, typed);
            answered();
          }}
        />
      )}
      {question?.ask === "return" && (
        <LastReturnDialog
          queue={queue}
          last={question.last}
          count={question.ids.length}
          after={hold.afterLastLook}
          onClose={() => setQuestion(null)}
          onConfirm={async () => {
            await settle.returnAnyway(question.ids);
            answered();
          }}
        />
      )}
    </>
  );
}

/** The longest exception of a hold seen so far: columns only grow while its rows come. */
function useLongestException(
  hold: HoldView | null,
  rowAt: (index: number) => HeldRow | undefined,
): number {
  const [seen, setSeen] = useState<{ readonly hold: string | undefined; readonly longest: number }>(
    { hold: undefined, longest: 0 },
  );
  const rows = Array.from({ length: hold?.rows ?? 0 }, (_, index) => rowAt(index));
  const known = seen.hold === hold?.id ? seen.longest : 0;
  const longest = Math.max(known, longestException(rows));
  if (seen.hold !== hold?.id || seen.longest !== longest) setSeen({ hold: hold?.id, longest });
  return longest;
}

/** Nothing is held: what would be here, and how to get it. */
function Start({ refusal, onUnlock }: InspectViewProps): ReactNode {
  const { t } = useText();
  const unlock = onUnlock !== undefined && (
    <Button onClick={onUnlock}>{t("queues.hold.unlock")}</Button>
  );
  return (
    <EmptyState title={t("queues.start.title")} actions={unlock}>
      {t("queues.start.text")}
      {refusal !== undefined && <span className={styles["refusal"]}>{refusal}</span>}
    </EmptyState>
  );
}
