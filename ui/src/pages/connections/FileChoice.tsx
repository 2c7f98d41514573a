import { useId, useRef, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { useText } from "@/i18n";

export interface FileChoiceProps {
  /** The field that the file is for. */
  field: string;
  onChoose: (file: File) => void;
}

/** Opens the file dialog of the system; the webview reads what was chosen. */
export function FileChoice({ field, onChoose }: FileChoiceProps): ReactNode {
  const { t } = useText();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        id={id}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        accept=".pem,.crt,.cer,.key,.txt"
        aria-label={t("connections.field.pem.chooseFor", { field })}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file !== undefined) onChoose(file);
          // The same file can be chosen again after it was mended.
          event.currentTarget.value = "";
        }}
      />
      <Button
        onClick={() => input.current?.click()}
        label={t("connections.field.pem.chooseFor", { field })}
      >
        {t("connections.field.pem.choose")}
      </Button>
    </>
  );
}
