//! The replay beside a list: each opening is a sheet of its own, and none takes the place of one
//! whose replay is on, because what it shows would then be of another selection.

import { useCallback, useState, type ReactNode } from "react";

import { useToast } from "@/components/Toast/Toast";
import { useText } from "@/i18n";
import type { ReplaySource, ReplayTarget } from "@/platform/bindings";

import { ReplaySheet } from "./ReplaySheet";

interface Opening {
  readonly serial: number;
  readonly source: ReplaySource;
  readonly target: ReplayTarget | null;
}

export interface UsedReplaySheet {
  /** Opens one; where that is refused, says why and gives false. */
  open(source: ReplaySource, target?: ReplayTarget): boolean;
  close(): void;
  readonly isOpen: boolean;
  /** Why another cannot be opened now; null where it can. */
  readonly refusal: string | null;
  /** Null while none is open. `onClose` hears that someone closes it. */
  sheet(onClose: () => void): ReactNode;
}

export function useReplaySheet(): UsedReplaySheet {
  const { t } = useText();
  const toast = useToast();
  const [opening, setOpening] = useState<Opening | null>(null);
  const [isOn, setOn] = useState(false);
  const [serial, setSerial] = useState(0);
  const close = useCallback(() => {
    setOpening(null);
    setOn(false);
  }, []);
  const refusal = opening !== null && isOn ? t("replay.oneAtATime") : null;
  return {
    open: (source, target) => {
      if (refusal !== null) {
        toast(refusal, "bad");
        return false;
      }
      setSerial(serial + 1);
      setOpening({ serial: serial + 1, source, target: target ?? null });
      setOn(false);
      return true;
    },
    close,
    isOpen: opening !== null,
    refusal,
    sheet: (onClose) =>
      opening !== null && (
        <ReplaySheet
          key={opening.serial}
          source={opening.source}
          onClose={() => {
            close();
            onClose();
          }}
          onOn={setOn}
          {...(opening.target === null ? {} : { target: opening.target })}
        />
      ),
  };
}
