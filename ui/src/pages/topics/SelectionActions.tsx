import type { ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { useFormat } from "@/format";
import { useText } from "@/i18n";

export interface SelectionActionsProps {
  selected: number;
  onClear: () => void;
  onReplay: () => void;
  /** Why nothing can be replayed now. */
  refusal: string | null;
}

/** What can be done with the records that are selected. */
export function SelectionActions(props: SelectionActionsProps): ReactNode {
  const { selected, refusal } = props;
  const { t } = useText();
  const format = useFormat();
  const shown = format.count(selected);
  return (
    <>
      <b>{t("common.selected", { shown })}</b>
      <Button kind="link" onClick={props.onClear}>
        {t("record.clearSelection")}
      </Button>
      <Button
        onClick={props.onReplay}
        disabled={refusal !== null}
        {...(refusal === null ? {} : { reason: refusal })}
      >
        {t("record.replayMany", { shown })}
      </Button>
    </>
  );
}
