import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useBlocker, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Dialog } from "@/components/Dialog/Dialog";
import { FailureState } from "@/components/FailureState/FailureState";
import { Skeleton } from "@/components/Skeleton/Skeleton";
import { useToast } from "@/components/Toast/Toast";
import { failureText } from "@/components/FailureState/words";
import { printable } from "@/format";
import { useText } from "@/i18n";
import type { ConnectionForm, SavedConnection, SecretPlaces } from "@/platform/bindings";
import { useCommands, type Commands } from "@/platform/platform";
import { connectionsQuery, forgetConnection } from "@/platform/queries";

import { ConnectionEditor } from "./ConnectionEditor";
import { RemoveDialog } from "./RemoveDialog";
import { useUnsaved } from "./useUnsaved";
import { LOOKING } from "./values";

const NO_SECRETS: SecretPlaces = { password: "none", privateKey: "none" };

/** Where the secrets of a connection are; the keyring may take its time, and nobody waits for it. */
const placesQuery = (commands: Commands, id: string) =>
  queryOptions({
    queryKey: ["secret-places", id],
    queryFn: () => commands.secretPlaces(id),
    gcTime: 0,
    staleTime: Infinity,
  });

/** One connection: its form, its test, its end. `id` is null for a new one. */
export function ConnectionView({ id }: { id: string | null }): ReactNode {
  const { t } = useText();
  const commands = useCommands();
  const list = useQuery(connectionsQuery(commands));
  const saved = useQuery({
    queryKey: ["connection", id],
    queryFn: () => commands.getConnection(id ?? ""),
    enabled: id !== null,
    // The form is filled once; what was saved elsewhere is asked for when the page opens again.
    gcTime: 0,
    staleTime: Infinity,
  });
  const error = list.error ?? saved.error;
  if (error !== null) {
    return (
      <FailureState
        failure={error}
        onRetry={() => void Promise.all([list.refetch(), id !== null && saved.refetch()])}
        actions={<Link to="/">{t("notFound.home")}</Link>}
      />
    );
  }
  if (list.data === undefined || (id !== null && saved.data === undefined)) return <Skeleton />;
  return (
    <Editor
      saved={saved.data ?? null}
      names={list.data.filter((one) => one.id !== id).map((one) => one.name)}
    />
  );
}

function Editor(props: { saved: ConnectionForm | null; names: readonly string[] }): ReactNode {
  const text = useText();
  const { t } = text;
  const commands = useCommands();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const keyring = useQuery({ queryKey: ["keyring"], queryFn: () => commands.keyringStatus() });
  const [saved, setSaved] = useState(props.saved);
  const [removing, setRemoving] = useState(false);
  const dirty = useRef(false);
  const blocker = useBlocker({
    shouldBlockFn: () => dirty.current,
    enableBeforeUnload: () => dirty.current,
    withResolver: true,
  });
  const id = saved?.id ?? null;
  const asked = useQuery({ ...placesQuery(commands, id ?? ""), enabled: id !== null });
  const places = id === null ? NO_SECRETS : (asked.data ?? LOOKING);
  // The same names are the same list: the form's rules follow it.
  const joined = JSON.stringify(props.names);
  const taken = useMemo(() => JSON.parse(joined) as readonly string[], [joined]);

  const tellUnsaved = useUnsaved();
  const onDirty = useCallback(
    (now: boolean): void => {
      dirty.current = now;
      tellUnsaved(now);
    },
    [tellUnsaved],
  );

  const onSaved = (now: SavedConnection, ended: boolean): void => {
    setSaved(now.form);
    if (ended && id !== null) forgetConnection(client, id);
    if (now.form.id !== null)
      client.setQueryData(placesQuery(commands, now.form.id).queryKey, now.secrets);
    void client.invalidateQueries({ queryKey: ["connections"] });
    void keyring.refetch();
    if (now.form.id !== null && id === null) {
      void navigate({ to: "/connections/$id/edit", params: { id: now.form.id }, replace: true });
    }
  };
  const unlock = useMutation({
    mutationFn: () => commands.unlockKeyring(),
    onSuccess: async (status) => {
      client.setQueryData(["keyring"], status);
      // What it did not tell before, or was in memory, may be in it now.
      if (id !== null) await asked.refetch();
    },
    onError: (failure) => toast(failureText(text, failure), "bad"),
  });
  const onRemoved = (): void => {
    onDirty(false);
    if (id !== null) forgetConnection(client, id);
    if (saved !== null) {
      toast(t("connections.remove.done", { name: printable(saved.name) }), "plain", "lasting");
    }
    void client.invalidateQueries({ queryKey: ["connections"] });
    void navigate({ to: "/" });
  };
  /** What a new one is called so far. */
  const [typed, setTyped] = useState("");
  const name = printable(saved?.name ?? typed).trim();

  return (
    <>
      <ConnectionEditor
        saved={props.saved}
        taken={taken}
        places={places}
        looking={asked.isPending && id !== null}
        keyring={keyring.data}
        keyringBusy={unlock.isPending}
        crumbs={[
          <Link key="home" to="/">
            {t("shell.connections")}
          </Link>,
        ]}
        actions={
          saved !== null && (
            <Button kind="danger" onClick={() => setRemoving(true)}>
              {t("connections.remove")}
            </Button>
          )
        }
        onKeyringAgain={() => {
          void keyring.refetch();
          if (id !== null) void asked.refetch();
        }}
        onKeyringUnlock={() => unlock.mutate()}
        onSaved={onSaved}
        onDirty={onDirty}
        onName={setTyped}
      />
      {saved !== null && removing && (
        <RemoveDialog
          form={saved}
          places={places}
          onClose={() => setRemoving(false)}
          onRemoved={onRemoved}
        />
      )}
      {blocker.status === "blocked" && (
        <Dialog
          open
          onClose={blocker.reset}
          title={t("connections.leave.title")}
          actions={
            <>
              <Button onClick={blocker.reset}>{t("connections.leave.stay")}</Button>
              <Button kind="danger" onClick={blocker.proceed}>
                {t("connections.leave.go")}
              </Button>
            </>
          }
        >
          <p>
            {name === "" ? t("connections.leave.text.new") : t("connections.leave.text", { name })}
          </p>
        </Dialog>
      )}
    </>
  );
}
