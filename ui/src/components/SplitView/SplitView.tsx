import { useRef, useState, type ReactNode } from "react";

import { useText } from "@/i18n";
import { setPreferences, usePreferences } from "@/preferences";

import styles from "./SplitView.module.css";

export interface SplitViewProps {
  /** Under which its width is remembered. */
  id: string;
  start: ReactNode;
  /** The panel on the right; without it the start has the whole width. */
  end: ReactNode | null;
  /** Of the panel, for screen readers. */
  label: string;
  /** Pixels, where there is room for them. */
  defaultWidth?: number;
  /** Per cent of the whole that the panel takes at most before anyone chose a width. */
  share?: number;
}

const MIN_END = 300;
/** Per cent: a small window keeps most of itself for the table. */
const SHARE = 32.5;
const MIN_START = 360;
const STEP = 16;

/** A table and the panel beside it, with a handle between them that remembers where it was left. */
export function SplitView(props: SplitViewProps): ReactNode {
  const { t } = useText();
  const { panels } = usePreferences();
  const box = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const end = useRef<HTMLElement>(null);
  const usual = props.defaultWidth ?? 404;
  const chosen = dragged ?? panels[props.id];
  const width = chosen ?? usual;
  const most = `max(${MIN_END}px, calc(100% - ${MIN_START}px))`;

  const bounded = (wanted: number): number => {
    const all = box.current?.clientWidth ?? 0;
    const most = all > 0 ? Math.max(MIN_END, all - MIN_START) : wanted;
    return Math.round(Math.min(most, Math.max(MIN_END, wanted)));
  };
  const keep = (wanted: number): void =>
    setPreferences({ panels: { ...panels, [props.id]: bounded(wanted) } });

  return (
    <div className={styles["split"]} ref={box}>
      <div className={styles["start"]}>{props.start}</div>
      {props.end !== null && (
        <>
          <div
            role="separator"
            aria-orientation="vertical"
            aria-label={t("common.resizePanel")}
            aria-valuenow={width}
            aria-valuemin={MIN_END}
            tabIndex={0}
            className={styles["handle"]}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              setDragged(end.current?.offsetWidth ?? width);
            }}
            onPointerMove={(event) => {
              if (dragged === null || box.current === null) return;
              setDragged(bounded(box.current.getBoundingClientRect().right - event.clientX));
            }}
            onPointerUp={() => {
              if (dragged !== null) keep(dragged);
              setDragged(null);
            }}
            onPointerCancel={() => setDragged(null)}
            onKeyDown={(event) => {
              const now = end.current?.offsetWidth ?? width;
              if (event.key === "ArrowLeft") keep(now + STEP);
              else if (event.key === "ArrowRight") keep(now - STEP);
              else return;
              event.preventDefault();
            }}
          />
          <aside
            aria-label={props.label}
            className={styles["end"]}
            ref={end}
            style={{
              width:
                chosen === undefined
                  ? `clamp(${MIN_END}px, ${props.share ?? SHARE}%, ${usual}px)`
                  : `min(${chosen}px, ${most})`,
            }}
          >
            {props.end}
          </aside>
        </>
      )}
    </div>
  );
}
