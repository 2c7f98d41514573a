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

/** The window was asked to close while messages are held: what that does to them, and the choice. */
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
  return (
    <Dialog
      open
      onClose={() => setAsked(null)}
      title={t("leave.title", words)}
      actions={
        <>
          <Button onClick={() => setAsked(null)}>{t("leave.stay")}</Button>
          <Button kind={endangered > 0 ? "danger" : "primary"} onClick={() => leave.mutate()}>
            {t("leave.confirm", words)}
          </Button>
        </>
      }
    >
      <p>{t("leave.what")}</p>
      {endangered > 0 && (
        <p role="alert">
          {t("leave.endangered", { count: forPlural(endangered), shown: format.count(endangered) })}
        </p>
      )}
      {leave.error !== null && <FailureLine failure={leave.error} />}
    </Dialog>
  );
}
