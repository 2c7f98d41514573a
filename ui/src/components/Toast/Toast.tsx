import { Toast as Base } from "@base-ui/react/toast";
import { useCallback, type ReactNode } from "react";

import { useText } from "@/i18n";

import styles from "./Toast.module.css";

export type ToastTone = "plain" | "bad";

/** Short news that nothing depends on; screen readers hear it. Milliseconds. */
const SHOWN = 4000;

export function ToastProvider({ children }: { children: ReactNode }): ReactNode {
  return (
    <Base.Provider timeout={SHOWN} limit={3}>
      {children}
      <Base.Portal>
        <Base.Viewport className={styles["viewport"]}>
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Toasts(): ReactNode {
  const { toasts } = Base.useToastManager();
  const { t } = useText();
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      // News, not a dialog: nothing is asked.
      role="group"
      className={styles["toast"]}
      data-tone={toast.type}
    >
      <Base.Description className={styles["text"]} />
      <Base.Close className={styles["close"]}>{t("common.close")}</Base.Close>
    </Base.Root>
  ));
}

export function useToast(): (text: string, tone?: ToastTone) => void {
  const { add } = Base.useToastManager();
  return useCallback(
    (text: string, tone: ToastTone = "plain") => {
      add({ description: text, type: tone, priority: tone === "bad" ? "high" : "low" });
    },
    [add],
  );
}
