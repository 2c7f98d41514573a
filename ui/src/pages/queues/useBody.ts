//! The body of a held message, to the clipboard and to a file.

import { useCopy } from "@/components/clipboard";
import { useToast } from "@/components/Toast/Toast";
import { printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import { copied, MOST_COPIED } from "@/pages/topics/copy";
import type { HeldRow, HoldView } from "@/platform/bindings";
import { asFailure } from "@/platform/failure";
import { useCommands } from "@/platform/platform";

export interface Body {
  copy(row: HeldRow): Promise<void>;
  save(row: HeldRow): Promise<void>;
}

export function useBody(hold: HoldView | null): Body {
  const { t } = useText();
  const format = useFormat();
  const commands = useCommands();
  const toast = useToast();
  const copyText = useCopy();
  const attempt = async (refused: string, act: (id: string) => Promise<void>): Promise<void> => {
    if (hold === null) return;
    try {
      await act(hold.id);
    } catch (thrown) {
      toast(`${refused}: ${printable(asFailure(thrown).message)}`, "bad");
    }
  };
  return {
    copy: (row) =>
      attempt(t("queues.detail.copyFailed"), async (id) => {
        if (BigInt(row.size) > MOST_COPIED) {
          toast(t("record.copy.tooLarge", { size: format.bytes(row.size) }), "bad");
          return;
        }
        // Read again as text and whole: what is shown may be cut, or laid out for reading.
        const what = copied((await commands.getHeld(id, row.id, "text", true)).body);
        switch (what.kind) {
          case "null":
          case "empty":
            toast(t("record.copy.nothing", { what: t(`common.${what.kind}`) }));
            return;
          case "exact":
            copyText(what.text);
            return;
          case "hex":
          case "symbols":
            copyText(what.text, t(`record.copied.${what.kind}`));
        }
      }),
    save: (row) =>
      attempt(t("queues.detail.saveFailed"), async (id) => {
        if (await commands.saveHeld(id, row.id)) toast(t("queues.detail.saved"));
      }),
  };
}
