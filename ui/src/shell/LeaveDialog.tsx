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

/**
 * The window was asked to close while messages are held, replays run or a form is not saved: what
 * becomes of them.
 */
export function LeaveDialog(): ReactNode {
  const { t } = useText();
  const format = useFormat();
  const platform = usePlatform();
  const [asked, setAsked] = useState<LeaveAsked | null>(null);
  useEffect(() => platform.onLeaveAsked(setAsked), [platform]);
  // Each time it is asked: where this word does not come, the system asks instead.
  useEffect(() => {
    if (asked !== null) platform.commands.leaveShown().catch(() => undefined);
  }, [asked, platform]);
  const endangered = useHolds().reduce((sum, hold) => sum + hold.inLastLook, 0);
  const leave = useMutation({ mutationFn: () => platform.commands.leave() });
  if (asked === null) return null;
  const words = { count: forPlural(asked.held), shown: format.count(asked.held) };
  const runs = { count: forPlural(asked.replays), shown: format.count(asked.replays) };
  const holding = asked.held > 0;
  const replaying = asked.replays > 0;
  const stay = (): void => setAsked(null);
  const busy = { disabled: leave.isPending, reason: t("leave.leaving") };
  return (
    <Dialog
      open
      onClose={stay}
      busy={leave.isPending}
      title={
        holding
          ? t("leave.title", words)
          : replaying
            ? t("leave.replays.title", runs)
            : t("leave.unsaved.title")
      }
      actions={
        <>
          <Button onClick={stay} {...busy}>
            {t("leave.stay")}
          </Button>
          <Button
            kind={endangered > 0 || replaying || asked.unsaved ? "danger" : "primary"}
            {...busy}
            onClick={() => leave.mutate()}
          >
            {holding
              ? t("leave.confirm", words)
              : replaying
                ? t("leave.replays.confirm", runs)
                : t("leave.unsaved.confirm")}
          </Button>
        </>
      }
    >
      {holding && <p>{t("leave.what")}</p>}
      {replaying && <p role="alert">{t("leave.replays.what", runs)}</p>}
      {asked.unsaved && <p role="alert">{t("leave.unsaved.what")}</p>}
      {endangered > 0 && (
        <p role="alert">
          {t("leave.endangered", { count: forPlural(endangered), shown: format.count(endangered) })}
        </p>
      )}
      {leave.error !== null && <FailureLine failure={leave.error} />}
    </Dialog>
  );
}
