import { useCallback } from "react";

import { useText } from "@/i18n";

import { useToast } from "./Toast/Toast";

/** Copies text and says so, in `words` where there is more to say. */
export function useCopy(): (text: string, words?: string) => void {
  const toast = useToast();
  const { t } = useText();
  return useCallback(
    (text, words) => {
      const done = (): void => toast(words ?? t("common.copied"));
      const failed = (): void => toast(t("common.copyFailed"), "bad");
      navigator.clipboard.writeText(text).then(done, failed);
    },
    [toast, t],
  );
}
