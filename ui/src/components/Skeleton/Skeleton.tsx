import { useEffect, useState, type ReactNode } from "react";

import { useText } from "@/i18n";

import styles from "./Skeleton.module.css";

/** What comes sooner than this would only flicker. Milliseconds. */
const PATIENCE = 150;

/** The shape of rows that are on their way. Shows after 150 ms. */
export function Skeleton({ rows = 8 }: { rows?: number }): ReactNode {
  const { t } = useText();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles["skeleton"]} role="status" aria-label={t("common.loading")}>
      {late &&
        Array.from({ length: rows }, (_, row) => (
          <div key={row} className={styles["row"]}>
            <i style={{ width: `${22 + ((row * 37) % 46)}%` }} />
          </div>
        ))}
    </div>
  );
}
