//! The bytes of a record, to the clipboard and to a file: of the one that is named when it is asked
//! for, wherever it is among the rows by then.

import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { useExactCopy } from "@/components/ExactCopy/ExactCopy";
import { failureText } from "@/components/FailureState/words";
import { useToast } from "@/components/Toast/Toast";
import { useFormat } from "@/format";
import { useText } from "@/i18n";
import type { CopyForm, RecordPart, RecordRow } from "@/platform/bindings";
import { useCommands } from "@/platform/platform";

export interface RecordActions {
  copy(record: RecordRow, part: RecordPart, form?: CopyForm): void;
  /** The whole record. */
  copyJson(record: RecordRow): void;
  save(record: RecordRow, part: RecordPart): void;
  /** To be put somewhere on the page: asks how to copy what is no text. */
  readonly question: ReactNode;
}

export function useRecordActions(resultSet: string): RecordActions {
  const text = useText();
  const { t } = text;
  const format = useFormat();
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
  const save = ({ row }: RecordRow, part: RecordPart): void => mutate({ row, part });
  return {
    copy: (record, part, form) => {
      const { row, partition, offset } = record;
      exact.copy(
        {
          name: t(`record.tab.${part}`),
          of: t("record.title", { partition, offset: format.count(offset) }),
          ask: (as) => commands.copyRecord(resultSet, row, part, as),
          save: () => save(record, part),
        },
        form,
      );
    },
    copyJson: ({ row }) => exact.copyText(() => commands.copyRecordJson(resultSet, row)),
    save,
    question: exact.question,
  };
}
