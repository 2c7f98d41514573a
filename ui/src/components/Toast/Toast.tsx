import { Toast as Base } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useCallback, useEffect, useRef, type ReactNode } from "react";

import { useText } from "@/i18n";

import styles from "./Toast.module.css";

export type ToastTone = "plain" | "bad";

/** Short news that nothing depends on; screen readers hear it. Milliseconds. */
const SHOWN = 4000;

interface News {
  /** It says nothing to someone who has left the page it is about. */
  readonly ofPage: boolean;
}

export function ToastProvider({ children }: { children: ReactNode }): ReactNode {
  return (
    <Base.Provider timeout={SHOWN} limit={3}>
      {children}
    </Base.Provider>
  );
}

/** Where toasts are shown: a part of the layout, so that they lie on nothing. */
export function ToastPlace(): ReactNode {
  return (
    <Base.Viewport className={styles["viewport"]}>
      <Toasts />
    </Base.Viewport>
  );
}

/** Takes away what is only about the page that was left; `page` is where one is. */
export function useToastsOf(page: string): void {
  const { toasts, close } = Base.useToastManager<News>();
  const last = useRef(page);
  useEffect(() => {
    if (last.current === page) return;
    last.current = page;
    for (const toast of toasts) if (toast.data?.ofPage === true) close(toast.id);
  }, [page, toasts, close]);
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
      <Base.Close className={styles["close"]} aria-label={t("common.close")}>
        <X size={13} aria-hidden />
      </Base.Close>
    </Base.Root>
  ));
}

/**
 * Good news is about the page it comes from and goes with it, unless it is `lasting`: then it is what
 * the next page should say. Bad news always stays its time.
 */
export function useToast(): (text: string, tone?: ToastTone, lasting?: "lasting") => void {
  const { add } = Base.useToastManager<News>();
  return useCallback(
    (text: string, tone: ToastTone = "plain", lasting?: "lasting") => {
      add({
        description: text,
        type: tone,
        priority: tone === "bad" ? "high" : "low",
        data: { ofPage: tone === "plain" && lasting === undefined },
      });
    },
    [add],
  );
}
