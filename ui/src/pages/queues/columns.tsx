//! The columns of held messages. To add one: a text, a width, a cell.

import { useMemo, type ReactNode } from "react";

import { Badge } from "@/components/Badge/Badge";
import type { Column } from "@/components/DataTable/DataTable";
import { everyTime, printable, useFormat } from "@/format";
import { useText } from "@/i18n";
import type { HeldRow, HoldView, Preview } from "@/platform/bindings";

import styles from "./columns.module.css";
import { LooksCell } from "./LooksView";
import { reasonTone } from "./reasons";

/** Where there is room, names are shown in full. */
const isWide = (): boolean => window.innerWidth >= 1600;

/** Pixels of one character of the table, and what a column of names takes at least. */
const CHARACTER = 7.25;
const NAMES = 96;

export interface HeldColumns {
  /** Leaves out what the panel beside the table tells: in which queue it died. */
  readonly brief: boolean;
  /** What the last column tells of the rows: looks of those held, states of the others, or both. */
  readonly shows: "looks" | "state" | "both";
  /** Characters of the longest exception; 0 leaves the column out. */
  readonly exception: number;
}

/** What the last column tells of the messages of a hold. */
export function showsOf(hold: Pick<HoldView, "held" | "rows"> | null): HeldColumns["shows"] {
  if (hold === null || hold.held === hold.rows) return "looks";
  return hold.held === 0 ? "state" : "both";
}

/** The longest exception among rows, in characters. */
export function longestException(rows: Iterable<HeldRow | undefined>): number {
  let longest = 0;
  for (const row of rows)
    longest = Math.max(longest, row?.exception === null ? 0 : (row?.exception.length ?? 0));
  return longest;
}

export function useHeldColumns(options: HeldColumns): readonly Column<HeldRow>[] {
  const { brief, shows, exception } = options;
  const { t } = useText();
  const format = useFormat();
  return useMemo<readonly Column<HeldRow>[]>(() => {
    const from: Column<HeldRow> = {
      id: "from",
      header: t("queues.table.column.from"),
      width: isWide() ? 130 : 76,
      cell: (row) => (row.from === null ? null : <Text>{row.from}</Text>),
    };
    return [
      {
        id: "number",
        header: t("queues.table.column.number"),
        width: 26,
        align: "end",
        cell: (_, index) => <span className={styles["muted"]}>{format.count(index + 1)}</span>,
      },
      {
        id: "died",
        header: t("queues.table.column.died"),
        width: 138,
        cell: ({ diedAt }) =>
          diedAt === null ? null : (
            // Deaths are recorded to the second: zeros after it would claim more.
            <span title={everyTime(diedAt)}>{format.time(diedAt).replace(/\.000$/u, "")}</span>
          ),
      },
      {
        id: "reason",
        header: t("queues.table.column.reason"),
        width: 102,
        cell: ({ reason }) =>
          reason === null ? null : (
            <span className={styles["reason"]} data-tone={reasonTone(reason)}>
              {printable(reason)}
            </span>
          ),
      },
      ...(brief ? [] : [from]),
      ...(exception === 0
        ? []
        : [
            {
              id: "exception",
              header: t("queues.table.column.exception"),
              // As much as it needs, and no more than leaves room for the body.
              width: Math.min(
                Math.max(NAMES, Math.ceil(exception * CHARACTER)),
                isWide() ? 360 : brief ? NAMES : 200,
              ),
              cell: (row: HeldRow) =>
                row.exception === null ? null : <Text>{row.exception}</Text>,
            },
          ]),
      {
        id: "body",
        header: t("queues.table.column.body"),
        width: 100,
        grow: true,
        cell: ({ body }) => <Body body={body} />,
      },
      {
        id: "looks",
        header: t(`queues.table.column.${shows}`),
        // A state fits, so that nothing moves when the first row is settled.
        width: 92,
        align: "end",
        cell: ({ looks, state }) =>
          state === "held" ? (
            <LooksCell looks={looks} />
          ) : (
            <Badge kind="state" title={t(`queues.state.${state}.long`)}>
              {t(`queues.state.${state}`)}
            </Badge>
          ),
      },
    ];
  }, [t, format, brief, shows, exception]);
}

function Text({ children }: { children: string }): ReactNode {
  const shown = printable(children);
  return <span title={shown}>{shown}</span>;
}

/** One line of a body. What kind of nothing it is stands in a badge. */
function Body({ body }: { body: Preview }): ReactNode {
  const { t } = useText();
  switch (body.kind) {
    case "null":
    case "empty":
      return <Badge kind="state">{t(`common.${body.kind}`)}</Badge>;
    case "binary":
      return (
        <>
          <Badge kind="state">{t("common.binary")}</Badge>{" "}
          <span className={styles["muted"]} title={body.text}>
            {body.text}
          </span>
        </>
      );
    case "text":
    case "json":
      return <span title={body.text}>{body.text}</span>;
  }
}
