import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  useEffect,
  useEffectEvent,
  useId,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";

import { Button } from "@/components/Button/Button";
import { Checkbox } from "@/components/Checkbox/Checkbox";
import { FailureLine, FailureState } from "@/components/FailureState/FailureState";
import { Field } from "@/components/Field/Field";
import { Sheet } from "@/components/Sheet/Sheet";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { TextInput } from "@/components/TextInput/TextInput";
import { forPlural, parseCount, useFormat } from "@/format";
import { useText, type MessageKey } from "@/i18n";
import type { ReplayPreview, ReplayRequest, ReplaySource, ReplayTarget } from "@/platform/bindings";
import { useCommands, usePlatform } from "@/platform/platform";
import { useConnection } from "@/platform/queries";
import { allowsChanges } from "@/shell/access";

import { isWhole } from "./account";
import { PreviewView } from "./PreviewView";
import styles from "./replay.module.css";
import { createRun, isOn, type Run, type RunState } from "./run";
import { Running } from "./Running";
import { draftOf, NOWHERE, targetOf, type TargetDraft } from "./target";
import { TargetFields } from "./TargetFields";
import { TargetState } from "./TargetState";
import { kindOf, needsCount, whyCount } from "./words";

export interface ReplaySheetProps {
  source: ReplaySource;
  onClose: () => void;
  /** Where to, to begin with: for held messages, where they died. */
  target?: ReplayTarget;
  /** Hears whether a replay of this sheet is on. */
  onOn?: (isOn: boolean) => void;
}

/**
 * Records or held messages to a topic or an exchange: where to, what that does, then do it. It is of
 * one selection: another one is another sheet, see `useReplaySheet`.
 */
export function ReplaySheet({ source, onClose, target, onOn }: ReplaySheetProps): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const platform = usePlatform();
  const client = useQueryClient();
  const [run] = useState(() => createRun(platform));
  // Whoever closed the sheet hears of the end from the status bar.
  useEffect(() => run.watch(), [run]);
  const state = useSyncExternalStore(run.subscribe, run.state);
  const on = isOn(state);
  const tellOn = useEffectEvent((is: boolean) => onOn?.(is));
  useEffect(() => tellOn(on), [on]);
  const over = state.phase === "finished" || state.phase === "failed";
  useEffect(() => {
    if (!over) return;
    void client.invalidateQueries({ queryKey: ["activity"] });
    void client.invalidateQueries({ queryKey: ["holds"] });
  }, [client, over]);
  const count = countOf(source);
  const kind = kindOf(source);
  const counted = { count: forPlural(count), shown: format.count(count) };
  if (state.phase === "running")
    return (
      <Running
        title={t(`replay.running.${kind}`, counted)}
        kind={kind}
        run={run}
        state={state}
        onClose={onClose}
      />
    );
  if (over) {
    const all = state.report !== null && isWhole(state.report);
    const title = t(all ? "replay.over.all" : "replay.over.notAll");
    return <Running title={title} kind={kind} run={run} state={state} onClose={onClose} />;
  }
  return (
    <Ordering
      title={t(`replay.title.${kind}`, counted)}
      source={source}
      target={target}
      run={run}
      state={state}
      onClose={onClose}
    />
  );
}

interface OrderingProps {
  title: string;
  source: ReplaySource;
  target: ReplayTarget | undefined;
  run: Run;
  state: RunState;
  onClose: () => void;
}

/** A preview is asked for once typing paused. Milliseconds. */
const PAUSE = 250;

function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

function Ordering(props: OrderingProps): ReactNode {
  const { source, run, state, onClose, title } = props;
  const { t } = useText();
  const format = useFormat();
  const commands = useCommands();
  const form = useId();
  const [draft, setDraft] = useState<TargetDraft>(() =>
    props.target === undefined ? NOWHERE : draftOf(props.target),
  );
  /** A count is typed for the preview that is looked at, and for nothing else. */
  const [typedFor, setTypedFor] = useState({ preview: "", text: "" });
  const [remove, setRemove] = useState(false);
  const [goOn, setGoOn] = useState(false);
  const connection = useConnection(draft.connection ?? undefined);
  const open = connection?.state.state === "open";
  const allowed = connection !== undefined && allowsChanges(connection);

  // Compared as text, so that an equal request is the same question.
  const target = open ? targetOf(draft, connection.broker) : null;
  const wanted = JSON.stringify(
    target === null ? null : { source, target, removeAtSource: remove && source.from === "held" },
  );
  const asked = useSettled(wanted);
  const preview = useQuery({
    queryKey: ["replay-preview", asked],
    queryFn: () => commands.previewReplay(JSON.parse(asked) as ReplayRequest),
    enabled: asked !== NOTHING && asked === wanted,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    // A preview is of its moment: it is not kept for another time.
    gcTime: 0,
  });
  const shown = wanted === NOTHING || preview.error !== null ? undefined : preview.data;
  const typed = typedFor.preview === shown?.id ? typedFor.text : "";
  const ready = asked === wanted && !preview.isPlaceholderData ? shown : undefined;
  // A preview that is replaced or left is forgotten; one that was started is not ours any more.
  const current = preview.data?.id;
  const [started, setStarted] = useState<string | null>(null);
  const leave = useEffectEvent((id: string) => {
    if (started !== id) commands.dropPreview(id).catch(() => undefined);
  });
  useEffect(() => {
    if (current === undefined) return;
    return () => leave(current);
  }, [current]);
  const wait =
    state.phase === "starting"
      ? "replay.wait.start"
      : waitingFor(wanted, ready, typed, preview.error !== null, allowed);
  const kind = kindOf(source);
  const verb = t(`replay.title.${kind}`, {
    count: forPlural(shown?.sendable ?? countOf(source)),
    shown: format.count(shown?.sendable ?? countOf(source)),
  });
  const why = shown === undefined ? null : whyCount(shown);
  // The field says itself that it waits; beside the button stands why it is there, or what else is
  // waited for.
  const told = wait === null || wait === "replay.wait.count" ? why : wait;

  const start = (): void => {
    if (ready === undefined || wait !== null) return;
    const count = needsCount(ready) ? (parseCount(typed) ?? 0) : ready.sendable;
    setStarted(ready.id);
    run.start({ preview: ready.id, count, goOn }, { target: ready.target.name, kind });
  };

  return (
    <Sheet
      title={title}
      onClose={onClose}
      footer={
        <div className={styles["foot"]}>
          {shown !== undefined && why !== null && (
            <TypedCount
              form={form}
              count={shown.sendable}
              typed={typed}
              onTyped={(text) => setTypedFor({ preview: shown.id, text })}
            />
          )}
          <p className={styles["wait"]} role="status">
            {told === null ? null : t(told)}
          </p>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            kind="primary"
            type="submit"
            form={form}
            disabled={wait !== null}
            {...(wait === null ? {} : { reason: t(wait) })}
          >
            {verb}
          </Button>
        </div>
      }
    >
      <form
        id={form}
        noValidate
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <TargetFields draft={draft} onChange={setDraft} connection={connection} />
        {connection !== undefined && <TargetState id={connection.id} />}
        {preview.error !== null && asked !== NOTHING && (
          <FailureState failure={preview.error} onRetry={() => void preview.refetch()} />
        )}
        {wanted !== NOTHING && shown === undefined && preview.error === null && (
          <Skeleton rows={4} />
        )}
        {shown !== undefined && (
          <div className={styles["preview"]} aria-busy={ready === undefined}>
            <PreviewView
              preview={shown}
              kind={kind}
              reason={connection?.access.unlocked?.reason ?? null}
            />
            <div className={styles["choices"]}>
              {source.from === "held" && (
                <Checkbox checked={remove} onChange={setRemove}>
                  {t("replay.remove")}
                </Checkbox>
              )}
              {source.from === "held" && remove && (
                <p className={styles["warning"]}>{t("replay.remove.final")}</p>
              )}
              {shown.sendable > 1 && (
                <Checkbox checked={goOn} onChange={setGoOn}>
                  {t("replay.goOn")}
                </Checkbox>
              )}
            </div>
          </div>
        )}
        {state.failure !== null && started === current && (
          <FailureLine
            failure={state.failure}
            // A preview runs once: after a failure it is made again.
            onRetry={() => void preview.refetch()}
          />
        )}
      </form>
    </Sheet>
  );
}

/** The request as text where there is none yet. */
const NOTHING = "null";

function countOf(source: ReplaySource): number {
  return source.from === "records" ? source.rows.length : source.ids.length;
}

interface TypedCountProps {
  /** The form that Enter submits. */
  form: string;
  count: number;
  typed: string;
  onTyped: (typed: string) => void;
}

function TypedCount({ form, count, typed, onTyped }: TypedCountProps): ReactNode {
  const { t } = useText();
  const wrong = typed.trim() !== "" && parseCount(typed) !== count;
  return (
    <Field
      layout="row"
      className={styles["count"] ?? ""}
      label={t("replay.typeCount", { count: String(count) })}
      error={wrong ? t("replay.typeCount.wrong", { count: String(count) }) : undefined}
    >
      <TextInput
        form={form}
        chars={8}
        inputMode="numeric"
        value={typed}
        onChange={(event) => onTyped(event.target.value)}
      />
    </Field>
  );
}

/** What the start still waits for; null where nothing does. */
function waitingFor(
  wanted: string,
  ready: ReplayPreview | undefined,
  typed: string,
  failed: boolean,
  allowed: boolean,
): MessageKey | null {
  if (wanted === NOTHING) return "replay.wait.target";
  if (ready === undefined) return failed ? "replay.wait.failed" : "replay.wait.preview";
  if (ready.sendable === 0) return "replay.wait.nothing";
  if (!allowed) return "replay.wait.readOnly";
  if (needsCount(ready) && parseCount(typed) !== ready.sendable) return "replay.wait.count";
  return null;
}
