//! The body of a held message, to the clipboard and to a file.

import type { ReactNode } from "react";

import { useExactCopy } from "@/components/ExactCopy/ExactCopy";
import { failureText } from "@/components/FailureState/words";
import { useToast } from "@/components/Toast/Toast";
import { useText } from "@/i18n";
import type { CopyForm, HeldRow, HoldView } from "@/platform/bindings";
import { asFailure } from "@/platform/failure";
import { useCommands } from "@/platform/platform";

export interface Body {
  copy(row: HeldRow, form?: CopyForm): void;
  /** The whole message, not only its body. */
  copyJson(row: HeldRow): void;
  save(row: HeldRow): void;
  readonly question: ReactNode;
}

export function useBody(hold: HoldView | null): Body {
  const text = useText();
  const { t } = text;
  const commands = useCommands();
  const toast = useToast();
  const exact = useExactCopy();
  const id = hold?.id;
  const save = async (row: HeldRow): Promise<void> => {
    if (id === undefined) return;
    try {
      if (await commands.saveHeld(id, row.id)) toast(t("queues.detail.saved"));
    } catch (thrown) {
      const words = {
        what: t("queues.detail.saveFailed"),
        why: failureText(text, asFailure(thrown)),
      };
      toast(t("queues.settled.why", words), "bad");
    }
  };
  return {
    copy: (row, form) => {
      if (id === undefined) return;
      exact.copy(
        {
          name: t("queues.detail.body"),
          ask: (as) => commands.copyHeld(id, row.id, as),
          save: () => void save(row),
        },
        form,
      );
    },
    copyJson: (row) => {
      if (id !== undefined) exact.copyText(() => commands.copyHeldJson(id, row.id));
    },
    save: (row) => void save(row),
    question: exact.question,
  };
}
