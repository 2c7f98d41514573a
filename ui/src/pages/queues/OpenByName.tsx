import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Field } from "@/components/Field/Field";
import { TextInput } from "@/components/TextInput/TextInput";
import { useText } from "@/i18n";

import styles from "./QueuesPage.module.css";

/** Without the management API there is no list, and a queue can still be opened. */
export function OpenByName({ connection }: { connection: string }): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [asked, setAsked] = useState(false);
  return (
    <section className={styles["byName"]}>
      <p>{t("queues.byName.text")}</p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (name === "") return;
          void navigate({
            to: "/c/$id/queues/$queue",
            params: { id: connection, queue: name },
          });
        }}
      >
        <Field
          label={t("queues.byName.label")}
          error={asked && name === "" ? t("queues.byName.empty") : undefined}
        >
          <TextInput
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            chars={40}
            mono
          />
        </Field>
        <Button kind="primary" type="submit">
          {t("queues.byName.open")}
        </Button>
      </form>
    </section>
  );
}
