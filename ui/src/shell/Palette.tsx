import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useRef, useState, type ReactNode } from "react";

import { classes } from "@/components/classes";
import { forPlural, useFormat } from "@/format";
import { useText } from "@/i18n";

import dialog from "@/components/Dialog/Dialog.module.css";
import menu from "@/components/Menu/Menu.module.css";
import { useToast } from "@/components/Toast/Toast";
import { failureText } from "@/components/FailureState/words";
import { useCommands } from "@/platform/platform";

import { BrokerMark } from "./BrokerMark";
import styles from "./Palette.module.css";
import { matching, usePlaces, type Place, type PlaceGroup } from "./places";
import { useShell } from "./shellContext";

/** Ctrl K: anywhere in the console by its name. */
export function Palette({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const places = usePlaces();
  const shown = useMemo(() => matching(places, text), [places, text]);
  const go = useGo();
  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog["backdrop"]} />
        <Dialog.Popup
          className={styles["popup"]}
          initialFocus={input}
          aria-label={t("palette.title")}
        >
          <Autocomplete.Root<PlaceGroup>
            items={shown}
            value={text}
            onValueChange={setText}
            filter={null}
            inline
            open
            autoHighlight="always"
            itemToStringValue={(place: unknown) => (place as Place).label}
          >
            <Autocomplete.Input
              className={styles["input"]}
              placeholder={t("palette.placeholder")}
              aria-label={t("palette.title")}
              ref={input}
              spellCheck={false}
            />
            <Autocomplete.List className={styles["list"]}>
              {(group: PlaceGroup) => (
                <Autocomplete.Group key={group.kind} items={group.items}>
                  <Autocomplete.GroupLabel className={styles["group"]}>
                    {t(`palette.${group.kind}`)}
                  </Autocomplete.GroupLabel>
                  <Autocomplete.Collection>
                    {(place: Place) => (
                      <Autocomplete.Item
                        key={place.id}
                        value={place}
                        className={menu["item"]}
                        onClick={() => {
                          onClose();
                          go(place);
                        }}
                      >
                        {place.broker !== undefined && <BrokerMark broker={place.broker} />}
                        <span className={menu["text"]} title={place.label}>
                          {place.label}
                        </span>
                        <Note place={place} />
                      </Autocomplete.Item>
                    )}
                  </Autocomplete.Collection>
                  {group.more > 0 && (
                    <p className={styles["more"]}>
                      {t("palette.more", {
                        count: forPlural(group.more),
                        shown: format.count(group.more),
                      })}
                    </p>
                  )}
                </Autocomplete.Group>
              )}
            </Autocomplete.List>
            {shown.length === 0 && <p className={styles["empty"]}>{t("palette.nothing")}</p>}
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Where it is: red where that is production, as everywhere. */
function Note({ place }: { place: Place }): ReactNode {
  const { t } = useText();
  const { note, environment, broker } = place;
  const whole = broker !== undefined;
  const told = environment === "production" || (whole && environment !== undefined);
  return (
    <>
      {note !== undefined && <span className={menu["note"]}>{note}</span>}
      {told && (
        <span
          className={classes(menu["note"], environment === "production" && styles["production"])}
        >
          {environment === "production" && !whole
            ? t("common.environment.production.short")
            : t(`common.environment.${environment}`)}
        </span>
      )}
    </>
  );
}

function useGo(): (place: Place) => void {
  const words = useText();
  const navigate = useNavigate();
  const shell = useShell();
  const commands = useCommands();
  const client = useQueryClient();
  const toast = useToast();
  const lock = useMutation({
    mutationFn: (id: string) => commands.lock(id),
    onSettled: () => client.invalidateQueries({ queryKey: ["connections"] }),
    onError: (failure) => toast(failureText(words, failure), "bad"),
  });
  return (place) => {
    const { target } = place;
    switch (target.to) {
      case "page":
        void navigate(target.link);
        return;
      case "unlock":
        shell.unlock(target.connection);
        return;
      case "lock":
        lock.mutate(target.connection);
        return;
      case "do":
        target.run();
        return;
    }
  };
}
