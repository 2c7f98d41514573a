//! The form of one connection beside its test.
//!
//! Secrets are read from their inputs at the moment they are sent and are never part of a query, a
//! mutation or the form's values: those keep what they were given. Saving empties the inputs;
//! testing does not, because the person is not done with them.

import { zodResolver } from "@hookform/resolvers/zod";
import { useEffect, useEffectEvent, useMemo, useRef, useState, type ReactNode } from "react";
import { useForm, type FieldErrors } from "react-hook-form";

import { Button } from "@/components/Button/Button";
import { Dialog } from "@/components/Dialog/Dialog";
import { FailureLine, FailureList } from "@/components/FailureState/FailureState";
import { failureText } from "@/components/FailureState/words";
import { PageHead } from "@/components/PageHead/PageHead";
import { SplitView } from "@/components/SplitView/SplitView";
import { useToast } from "@/components/Toast/Toast";
import { printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type {
  BrokerKind,
  ConnectionForm,
  Failure,
  KeyringStatus,
  SavedConnection,
  SecretPlaces,
} from "@/platform/bindings";
import { endsConnection } from "@/platform/edits";
import { asFailure } from "@/platform/failure";
import { useCommands } from "@/platform/platform";
import { useConnection } from "@/platform/queries";
import { sharesSecrets } from "@/platform/secrets";
import { ConnectionChips } from "@/shell/ConnectionChips";
import { useShell } from "@/shell/shellContext";

import { isGrave, useAtStake, useStakeWords, type AtStake } from "./atStake";
import styles from "./ConnectionEditor.module.css";
import { ChoiceLine, TextLine, useProblem } from "./fields";
import { detailOfStep } from "./found";
import { IdentityFields } from "./IdentityFields";
import { KafkaFields } from "./KafkaFields";
import { KeyringNotice } from "./KeyringNotice";
import { problem as problemOf } from "./problem";
import { ManagementFields, RabbitMqFields } from "./RabbitMqFields";
import { connectionSchema, privateKeyProblem } from "./schema";
import { SecretField, type SecretHandle } from "./SecretField";
import { addressOf, reportOf, stageName } from "./steps";
import { TestPanel, type TestState } from "./TestPanel";
import { TlsFields } from "./TlsFields";
import {
  isChanged,
  isKept,
  KEPT,
  loosens,
  mayHaveKey,
  newValues,
  savedValues,
  secretChanges,
  toForm,
  usesPassword,
  usesTls,
  usesUser,
  type Values,
} from "./values";

export interface ConnectionEditorProps {
  /** Null for a new one. */
  saved: ConnectionForm | null;
  /** Names of the other connections. */
  taken: readonly string[];
  /** Where its secrets are now. */
  places: SecretPlaces;
  /** The keyring was asked for them and has not answered yet. */
  looking: boolean;
  keyring: KeyringStatus | undefined;
  keyringBusy: boolean;
  crumbs: readonly ReactNode[];
  /** Beside Save. */
  actions?: ReactNode;
  onKeyringAgain: () => void;
  onKeyringUnlock: () => void;
  /** `ended`: what was open of it was closed. */
  onSaved: (saved: SavedConnection, ended: boolean) => void;
  onDirty: (dirty: boolean) => void;
  /** The name as it is typed. */
  onName: (name: string) => void;
}

const FORM = "connection-form";

export function ConnectionEditor(props: ConnectionEditorProps): ReactNode {
  const { onDirty, onName, onSaved, places } = props;
  const text = useText();
  const { t } = text;
  const format = useFormat();
  const commands = useCommands();
  const toast = useToast();

  const id = props.saved?.id ?? null;
  const shell = useShell();
  /** As it is saved now. */
  const [stored, setStored] = useState(props.saved);
  /** What did not work about the secrets of what was saved. */
  const [notices, setNotices] = useState<readonly Failure[]>([]);
  const unlocked = useConnection(id ?? undefined)?.access.unlocked ?? null;
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [outcome, setOutcome] = useState<TestState>({ state: "idle" });
  /** What was tested: the form, and how often a secret had been touched by then. */
  const [tested, setTested] = useState<{ form: ConnectionForm; touches: number } | null>(null);
  const [touches, setTouches] = useState(0);
  /** What saving costs, where somebody has to agree to it first. */
  const [cost, setCost] = useState<{ valid: Values; stake: AtStake } | null>(null);
  const atStake = useAtStake(id);
  const stakeWords = useStakeWords();
  const password = useRef<SecretHandle>(null);
  const privateKey = useRef<SecretHandle>(null);

  const resolver = useMemo(() => zodResolver(connectionSchema(props.taken)), [props.taken]);
  const { register, setValue, handleSubmit, trigger, getValues, reset, watch, formState } =
    useForm<Values>({
      resolver,
      defaultValues: props.saved === null ? newValues("kafka") : savedValues(props.saved, places),
      mode: "onTouched",
    });
  const { errors, isSubmitted } = formState;
  const values = watch();
  const form = { values, errors, register, setValue };
  const moved = stored !== null && !sharesSecrets(stored, toForm(values, id));
  const problem = useProblem(errors);
  const dirty =
    touches > 0 ||
    isChanged(values, stored === null ? newValues("kafka") : savedValues(stored, places));
  useEffect(() => onDirty(dirty), [onDirty, dirty]);
  const ends = stored !== null && (touches > 0 || endsConnection(stored, toForm(values, id), KEPT));

  useEffect(() => onName(values.name), [onName, values.name]);

  // The keyring answers after the form is there: what nobody touched meanwhile follows it.
  const follow = useEffectEvent((now: SecretPlaces) => {
    if (touches > 0) return;
    setValue("hasPassword", isKept(now.password));
    setValue("hasPrivateKey", mayHaveKey(now.privateKey, getValues("certificatePem")));
    password.current?.clear(now.password);
    privateKey.current?.clear(now.privateKey);
  });
  useEffect(() => follow(places), [places]);

  const secretTouched = (field: "hasPassword" | "hasPrivateKey", present: boolean): void => {
    setTouches((count) => count + 1);
    setValue(field, present, {
      shouldDirty: true,
      shouldValidate: isSubmitted || errors[field] !== undefined,
    });
  };
  const onPrivateKey = (present: boolean, text: string): void => {
    const found = text === "" ? null : privateKeyProblem(text);
    setValue("privateKeyProblem", found === null ? "" : problemOf(found));
    secretTouched("hasPrivateKey", present);
    if (found !== null) void trigger("hasPrivateKey");
  };
  const entered = () =>
    secretChanges(
      getValues(),
      {
        password: password.current?.take() ?? { change: "keep" },
        privateKey: privateKey.current?.take() ?? { change: "keep" },
      },
      places,
    );

  const save = async (valid: Values, agreed = false): Promise<void> => {
    const focused = document.activeElement;
    setSaving(true);
    setFailure(null);
    setNotices([]);
    try {
      const edited = toForm(valid, id);
      const ended = stored !== null && endsConnection(stored, edited, entered());
      if (ended && !agreed) {
        const stake = await atStake.ask();
        if (isGrave(stake)) {
          setCost({ valid, stake });
          return;
        }
      }
      const saved = await commands.saveConnection(edited, entered());
      password.current?.clear(saved.secrets.password);
      privateKey.current?.clear(saved.secrets.privateKey);
      reset(savedValues(saved.form, saved.secrets));
      setStored(saved.form);
      setNotices(saved.notices);
      // A new one gets a page of its own, where this one's notices are not.
      if (id === null) for (const notice of saved.notices) toast(failureText(text, notice), "bad");
      setTouches(0);
      onDirty(false);
      const done = t("connections.edit.saved", { name: printable(saved.form.name) });
      // A new one gets a page of its own, and says there that it is saved.
      toast(done, "plain", id === null ? "lasting" : undefined);
      onSaved(saved, ended);
    } catch (thrown) {
      setFailure(asFailure(thrown));
    } finally {
      setSaving(false);
      // A field that could not be used for a moment has lost the focus.
      requestAnimationFrame(() => {
        if (document.activeElement === document.body && focused instanceof HTMLElement)
          focused.focus();
      });
    }
  };
  const agree = (): void => {
    if (cost !== null) void save(cost.valid, true);
    setCost(null);
  };

  /** The form library focuses the first field that is wrong, and does not know the secrets. */
  const focusSecret = (found: FieldErrors<Values>): void => {
    const [first] = Object.keys(found);
    if (first === "hasPassword") password.current?.focus();
    if (first === "hasPrivateKey") privateKey.current?.focus();
  };

  const test = async (): Promise<void> => {
    if (!(await trigger())) {
      setOutcome({
        state: "invalid",
        fields: countProblems(connectionSchema(props.taken), getValues()),
      });
      return;
    }
    const asked = toForm(getValues(), id);
    setTested({ form: asked, touches });
    setOutcome({ state: "running" });
    try {
      const steps = await commands.testConnection(asked, entered());
      setOutcome({ state: "done", steps, broker: asked.broker.kind, stale: false });
    } catch (thrown) {
      setOutcome({ state: "failed", failure: asFailure(thrown) });
    }
  };

  const stale =
    tested !== null &&
    (tested.touches !== touches ||
      JSON.stringify(tested.form) !== JSON.stringify(toForm(values, id)));

  const copy = async (): Promise<void> => {
    if (outcome.state !== "done" || tested === null) return;
    const { name, environment, broker } = tested.form;
    const report = reportOf(outcome.steps, {
      head: t("connections.report.head", {
        name,
        broker: t(`common.broker.${broker.kind}`),
        environment: t(`common.environment.${environment}`),
      }),
      address: t("connections.report.address", { address: addressOf(tested.form) }),
      stage: (step) => stageName(step, broker.kind, text),
      state: (step) => t(`connections.report.${step.state}`),
      took: (millis) => format.millis(millis),
      detail: (step) => detailOfStep(step, text),
    });
    try {
      await navigator.clipboard.writeText(report);
      toast(t("connections.test.copied"));
    } catch {
      toast(t("connections.test.copyFailed"), "bad");
    }
  };

  const changeKind = (kind: BrokerKind): void => {
    setValue("kind", kind, { shouldDirty: true });
  };

  return (
    <>
      <PageHead
        crumbs={props.crumbs}
        title={values.name.trim() === "" ? t("connections.edit.untitled") : values.name}
        chips={<ConnectionChips broker={values.kind} environment={values.environment} />}
        actions={
          <>
            {props.actions}
            <Button
              kind="primary"
              type="submit"
              form={FORM}
              disabled={saving}
              reason={t("connections.edit.saving")}
            >
              {t("connections.edit.save")}
            </Button>
          </>
        }
      />
      {ends && <Costs lines={stakeWords(atStake.known)} />}
      <div className={styles["split"]}>
        <SplitView
          id="connection"
          label={t("connections.test.title")}
          defaultWidth={440}
          share={36}
          end={
            <TestPanel
              test={outcome.state === "done" ? { ...outcome, stale } : outcome}
              onRun={() => void test()}
              onCopy={() => void copy()}
            />
          }
          start={
            <form
              id={FORM}
              className={styles["form"]}
              aria-label={t("connections.edit.form")}
              noValidate
              onSubmit={(event) => void handleSubmit((valid) => save(valid), focusSecret)(event)}
            >
              {/* What is typed while it is being saved would be taken back. Inert as well: drawn
                  choices are no elements of a form. */}
              <fieldset className={styles["fields"]} disabled={saving} inert={saving}>
                <KeyringNotice
                  status={props.keyring}
                  busy={props.keyringBusy}
                  onAgain={props.onKeyringAgain}
                  onUnlock={props.onKeyringUnlock}
                />
                {failure !== null && <FailureLine failure={failure} />}
                <FailureList failures={notices} />
                {props.saved === null && (
                  <ChoiceLine
                    label={t("connections.field.kind")}
                    value={values.kind}
                    options={[
                      { value: "kafka", label: t("common.broker.kafka") },
                      { value: "rabbitmq", label: t("common.broker.rabbitmq") },
                    ]}
                    onChange={changeKind}
                  />
                )}
                <TextLine form={form} name="name" label={t("connections.field.name")} />
                {values.kind === "kafka" ? (
                  <KafkaFields form={form} />
                ) : (
                  <RabbitMqFields form={form} />
                )}
                {usesUser(values) && <TextLine form={form} name="user" {...userWords(values, t)} />}
                {usesPassword(values) && (
                  <SecretField
                    ref={password}
                    label={t(
                      isExternal(values)
                        ? "connections.field.password.management"
                        : "connections.field.password",
                    )}
                    place={places.password}
                    moved={moved}
                    looking={props.looking}
                    keyring={props.keyring}
                    error={problem("hasPassword")}
                    onEntered={(present) => secretTouched("hasPassword", present)}
                  />
                )}
                {usesTls(values) && (
                  <TlsFields
                    form={form}
                    keyring={props.keyring}
                    privateKey={places.privateKey}
                    moved={moved}
                    looking={props.looking}
                    privateKeyRef={privateKey}
                    onPrivateKey={onPrivateKey}
                  />
                )}
                {values.kind === "rabbitmq" && <ManagementFields form={form} />}
                <IdentityFields form={form} />
                {stored !== null && loosens(stored, values) && unlocked === null && (
                  <p className={styles["locked"]} role="status">
                    {t("connections.edit.locked", { name: printable(stored.name) })}{" "}
                    <Button kind="link" onClick={() => shell.unlock(stored.id ?? "")}>
                      {t("shell.unlock")}
                    </Button>
                  </p>
                )}
              </fieldset>
            </form>
          }
        />
      </div>
      {cost !== null && (
        <Dialog
          open
          onClose={() => setCost(null)}
          title={t("connections.ends.title", { name: printable(stored?.name ?? "") })}
          onSubmit={agree}
          actions={
            <>
              <Button onClick={() => setCost(null)}>{t("connections.leave.stay")}</Button>
              <Button kind="danger" type="submit">
                {t("connections.ends.confirm")}
              </Button>
            </>
          }
        >
          {stakeWords(cost.stake).map((line) => (
            <p key={line}>{line}</p>
          ))}
        </Dialog>
      )}
    </>
  );
}

/** What saving costs, where it closes the connection. */
function Costs({ lines }: { lines: readonly string[] }): ReactNode {
  const { t } = useText();
  if (lines.length === 0) return null;
  return (
    <p className={styles["costs"]} role="status">
      {[t("connections.ends.saving"), ...lines].join(" ")}
    </p>
  );
}

function isExternal(values: Values): boolean {
  return values.kind === "rabbitmq" && values.authentication === "EXTERNAL";
}

/** With EXTERNAL the certificate logs in, and the user is only the management API's. */
function userWords(
  values: Values,
  t: ReturnType<typeof useText>["t"],
): { label: string; help?: string } {
  return isExternal(values)
    ? {
        label: t("connections.field.user.management"),
        help: t("connections.field.user.managementHint"),
      }
    : { label: t("connections.field.user") };
}

function countProblems(schema: ReturnType<typeof connectionSchema>, values: Values): number {
  const checked = schema.safeParse(values);
  return checked.success ? 0 : new Set(checked.error.issues.map(({ path }) => path[0])).size;
}
