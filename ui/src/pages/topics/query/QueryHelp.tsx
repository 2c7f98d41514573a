import { CircleHelp } from "lucide-react";
import { useState, type ReactNode } from "react";

import { Button } from "@/components/Button/Button";
import { Popover } from "@/components/Popover/Popover";
import { useText } from "@/i18n";

import styles from "./query.module.css";

const EXAMPLES = [
  'value contains "card_declined" and not key = "c-48812"',
  "value.order.amount > 100",
  'value.status in ("failed", "expired")',
  'header "x-retry" exists',
  "value is null",
  "size > 10 kB",
  "partition in (0, 3)",
] as const;

/** What a query can look like. `onTake` gets the one that was chosen. */
export function QueryHelp({ onTake }: { onTake: (query: string) => void }): ReactNode {
  const { t } = useText();
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      title={t("query.help.title")}
      open={isOpen}
      onOpen={setOpen}
      trigger={
        <Button>
          <CircleHelp size={13} aria-hidden />
          {t("query.help")}
        </Button>
      }
    >
      <ul className={styles["examples"]}>
        {EXAMPLES.map((example) => (
          <li key={example}>
            <button
              type="button"
              onClick={() => {
                setOpen(false);
                onTake(example);
              }}
            >
              <code>{example}</code>
            </button>
          </li>
        ))}
      </ul>
    </Popover>
  );
}
