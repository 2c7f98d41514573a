//! Settling: what is asked of Rust, and what is said about the answer.

import { useState } from "react";

import { useToast } from "@/components/Toast/Toast";
import { failureText } from "@/components/FailureState/words";
import { useFormat } from "@/format";
import { useText } from "@/i18n";
import type { Failure, HoldView, LastLook, Settled } from "@/platform/bindings";
import { asFailure } from "@/platform/failure";
import { useCommands } from "@/platform/platform";

export interface Settle {
  readonly busy: boolean;
  /** Each resolves to whether it was done; refusals are told. */
  returnMessages(ids: readonly number[], lastLook: LastLook): Promise<boolean>;
  returnAll(): Promise<boolean>;
  drop(): Promise<boolean>;
  /** Throws the failure, for the dialog that asked. `typed` is what the person typed. */
  remove(ids: readonly number[], typed: number): Promise<void>;
}

export function useSettle(hold: HoldView | null): Settle {
  const text = useText();
  const { t } = text;
  const format = useFormat();
  const commands = useCommands();
  const toast = useToast();
  const [busy, setBusy] = useState(false);

  const words = (count: number): { n: string; count: number } => ({
    n: format.count(count),
    count,
  });
  const because = (what: string, failure: Failure): string =>
    t("queues.settled.why", { what, why: failureText(text, failure) });
  const tell = (verb: "return" | "remove", settled: Settled): void => {
    if (settled.unrecorded !== null)
      toast(t("queues.settled.unrecorded", { why: failureText(text, settled.unrecorded) }), "bad");
    if (settled.failed === 0 && settled.unsure === 0) {
      toast(t(`queues.${verb}.done`, words(settled.done)));
      return;
    }
    const partly = t(`queues.${verb}.partly`, {
      done: format.count(settled.done),
      failed: format.count(settled.failed),
      count: settled.done,
    });
    const what =
      settled.unsure === 0
        ? partly
        : t("queues.settled.and", {
            what: partly,
            more: t("queues.settled.unsure", words(settled.unsure)),
          });
    toast(settled.failure === null ? what : because(what, settled.failure), "bad");
  };
  const attempt = async (refused: string, act: (id: string) => Promise<void>): Promise<boolean> => {
    if (hold === null) return false;
    setBusy(true);
    try {
      await act(hold.id);
      return true;
    } catch (thrown) {
      toast(because(refused, asFailure(thrown)), "bad");
      return false;
    } finally {
      setBusy(false);
    }
  };

  return {
    busy,
    returnMessages: (ids, lastLook) =>
      attempt(t("queues.return.failed"), async (id) =>
        tell("return", await commands.returnHeld(id, [...ids], lastLook)),
      ),
    returnAll: () =>
      attempt(t("queues.return.failed"), async (id) => {
        const before = hold?.fates.returned ?? 0;
        const after = await commands.releaseHold(id);
        const done = words(Math.max(0, after.fates.returned - before));
        // Of a hold that ended the banner says it all, and stays.
        if (after.held > 0) toast(t("queues.return.done", done));
      }),
    drop: () =>
      attempt(t("queues.banner.dropFailed"), async (id) => {
        await commands.dropHold(id);
      }),
    async remove(ids, typed) {
      if (hold === null) return;
      tell("remove", await commands.acknowledgeHeld(hold.id, [...ids], typed));
    },
  };
}
