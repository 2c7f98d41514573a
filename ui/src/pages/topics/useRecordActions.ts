//! The bytes of a record, to the clipboard and to a file: of the row that is named when it is asked
//! for, never of one that was named before.

import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { useExactCopy } from "@/components/ExactCopy/ExactCopy";
import { failureText } from "@/components/FailureState/words";
import { useToast } from "@/components/Toast/Toast";
import { useText } from "@/i18n";
import type { CopyForm, RecordPart } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";

export interface RecordActions {
  copy(row: number, part: RecordPart, form?: CopyForm): void;
  /** The whole record. */
  copyJson(row: number): void;
  save(row: number, part: RecordPart): void;
  /** To be put somewhere on the page: asks how to copy what is no text. */
  readonly question: ReactNode;
}

/** `nameOf` says which record a row is, where that is known. */
export function useRecordActions(
  resultSet: string,
  nameOf: (row: number) => string | undefined,
): RecordActions {
  const text = useText();
  const { t } = text;
  const commands = useCommands();
  const toast = useToast();
  const exact = useExactCopy();
  const { mutate } = useMutation({
    mutationFn: ({ row, part }: { row: number; part: RecordPart }) =>
      commands.saveRecord(resultSet, row, part),
    onSuccess: (saved) => {
      if (saved) toast(t("common.saved"));
    },
    onError: (failure) => toast(failureText(text, failure), "bad"),
  });
  const save = (row: number, part: RecordPart): void => mutate({ row, part });
  return {
    copy: (row, part, form) =>
      exact.copy(
        {
          name: t(`record.tab.${part}`),
          of: nameOf(row),
          ask: (as) => commands.copyRecord(resultSet, row, part, as),
          save: () => save(row, part),
        },
        form,
      ),
    copyJson: (row) => exact.copyText(() => commands.copyRecordJson(resultSet, row)),
    save,
    question: exact.question,
  };
}
