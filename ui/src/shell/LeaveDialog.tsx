import { useMutation } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Dialog } from "@/components/Dialog/Dialog";
import { FailureLine } from "@/components/FailureState/FailureState";
import { forPlural, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { LeaveAsked } from "@/platform/bindings";
import { usePlatform } from "@/platform/platform";
import { useHolds } from "@/platform/queries";

/** The window was asked to close while messages are held or replays run: what becomes of them. */
export function LeaveDialog(): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const platform = usePlatform();
  const [asked, setAsked] = useState<LeaveAsked | null>(null);
  useEffect(() => platform.onLeaveAsked(setAsked), [platform]);
  const endangered = useHolds().reduce((sum, hold) => sum + hold.inLastLook, 0);
  const leave = useMutation({ mutationFn: () => platform.commands.leave() });
  if (asked === null) return null;
  const words = { count: forPlural(asked.held), shown: format.count(asked.held) };
  const runs = { count: forPlural(asked.replays), shown: format.count(asked.replays) };
  const holding = asked.held > 0;
  return (
    <Dialog
      open
      onClose={() => setAsked(null)}
      title={holding ? t("leave.title", words) : t("leave.replays.title", runs)}
      actions={
        <>
          <Button onClick={() => setAsked(null)}>{t("leave.stay")}</Button>
          <Button
            kind={endangered > 0 || asked.replays > 0 ? "danger" : "primary"}
            disabled={leave.isPending}
            reason={t("leave.leaving")}
            onClick={() => leave.mutate()}
          >
            {holding ? t("leave.confirm", words) : t("leave.replays.confirm", runs)}
          </Button>
        </>
      }
    >
      {holding && <p>{t("leave.what")}</p>}
      {asked.replays > 0 && <p role="alert">{t("leave.replays.what", runs)}</p>}
      {endangered > 0 && (
        <p role="alert">
          {t("leave.endangered", { count: forPlural(endangered), shown: format.count(endangered) })}
        </p>
      )}
      {leave.error !== null && <FailureLine failure={leave.error} />}
    </Dialog>
  );
}
