//! Settling: what is asked of Rust, and what is said about the answer.

import { useState } from "react";

import { useToast } from "@/components/Toast/Toast";
import { failureText } from "@/components/FailureState/words";
import { useFormat } from "@/format";
import { useText } from "@/i18n";
import type { Failure, HoldView, Released, Settled } from "@/platform/bindings";
import { asFailure } from "@/platform/failure";
import { useCommands } from "@/platform/platform";

import { tallyOf } from "./holds";

export interface Settle {
  readonly busy: boolean;
  /** Each resolves to whether it was done; refusals are told. */
  returnMessages(ids: readonly number[]): Promise<boolean>;
  returnAll(): Promise<boolean>;
  /** Frees holds that ended. */
  drop(ended: readonly HoldView[]): Promise<boolean>;
  /** These throw the failure, for the dialog that asked. `typed` is what the person typed. */
  remove(ids: readonly number[], typed: number): Promise<void>;
  returnAnyway(ids: readonly number[]): Promise<void>;
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
  /** Where all of it is back the banner says so, and stays. */
  const tellReleased = ({ fates, held, stuck }: Released): void => {
    const tally = tallyOf(fates);
    const whole = held === 0 && tally.every(([fate]) => fate === "back");
    if (whole) return;
    const what =
      tally.length === 0
        ? t("queues.return.failed")
        : tally
            .map(([fate, count]) => t(`queues.banner.tally.${fate}`, words(count)))
            .join(t("queues.banner.tally.join"));
    const isBad = stuck !== null || tally.some(([fate]) => fate !== "back" && fate !== "removed");
    toast(stuck === null ? what : because(what, stuck), isBad ? "bad" : "plain");
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
    returnMessages: (ids) =>
      attempt(t("queues.return.failed"), async (id) =>
        tell("return", await commands.returnHeld(id, [...ids], "keep")),
      ),
    returnAll: () =>
      attempt(t("queues.return.failed"), async (id) =>
        tellReleased(await commands.releaseHold(id)),
      ),
    drop: (ended) =>
      attempt(t("queues.banner.dropFailed"), async () => {
        // The newest last: until then the list is what it was.
        for (const { id } of ended) await commands.dropHold(id);
      }),
    async remove(ids, typed) {
      if (hold === null) return;
      tell("remove", await commands.acknowledgeHeld(hold.id, [...ids], typed));
    },
    async returnAnyway(ids) {
      if (hold === null) return;
      tell("return", await commands.returnHeld(hold.id, [...ids], "return_anyway"));
    },
  };
}
