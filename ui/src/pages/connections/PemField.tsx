import { useId, useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { printable } from "@/format";
import { useText } from "@/i18n";

import { FileChoice } from "./FileChoice";
import { useProblem, type FormParts } from "./fields";
import { certificates, readChosen } from "./pem";
import { Row } from "./Row";
import styles from "./SecretField.module.css";

export interface PemFieldProps {
  form: FormParts;
  name: "caPem" | "certificatePem";
  label: string;
  hint?: string;
}

/** A certificate, by paste or from a file. It is no secret: it is shown as it is. */
export function PemField({ form, name, label, hint }: PemFieldProps): ReactNode {
  const { t } = useText();
  const problem = useProblem(form.errors);
  const id = useId();
  const [refusal, setRefusal] = useState<string | null>(null);
  /** An empty field is only its two buttons. */
  const [open, setOpen] = useState(false);
  const isOpen = open || form.values[name] !== "";
  const count = certificates(form.values[name]);
  const error = refusal ?? problem(name);
  const described = error === undefined ? `${id}-hint` : `${id}-hint ${id}-error`;

  const choose = async (file: File): Promise<void> => {
    const read = await readChosen(file);
    setRefusal(read.ok ? null : t(read.key, { file: printable(file.name) }));
    if (read.ok) {
      form.setValue(name, read.text, {
        shouldDirty: true,
        shouldValidate: true,
        shouldTouch: true,
      });
    }
  };

  const clear = (): void => {
    setRefusal(null);
    setOpen(false);
    form.setValue(name, "", { shouldDirty: true, shouldValidate: error !== undefined });
  };
  const paste = (): void => {
    setOpen(true);
    requestAnimationFrame(() => document.getElementById(id)?.focus());
  };

  return (
    <Row
      label={label}
      {...(isOpen ? { htmlFor: id } : {})}
      hint={count > 0 ? t("connections.field.pem.count", { count }) : hint}
      hintId={`${id}-hint`}
      error={error}
      errorId={`${id}-error`}
    >
      {isOpen && (
        <textarea
          {...form.register(name, { onChange: () => setRefusal(null) })}
          id={id}
          className={styles["input"]}
          rows={4}
          placeholder={t("connections.field.pem.placeholder")}
          autoComplete="off"
          autoCorrect="off"
          autoCapitalize="none"
          spellCheck={false}
          aria-describedby={described}
          aria-invalid={error === undefined ? undefined : true}
        />
      )}
      {!isOpen && (
        <Button onClick={paste} label={t("connections.field.pem.pasteFor", { field: label })}>
          {t("connections.field.pem.paste")}
        </Button>
      )}
      <FileChoice field={label} onChoose={(file) => void choose(file)} />
      {isOpen && (
        <Button onClick={clear} label={t("connections.field.pem.clearFor", { field: label })}>
          {t("connections.field.pem.clear")}
        </Button>
      )}
    </Row>
  );
}
