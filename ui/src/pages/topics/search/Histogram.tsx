import { useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";

import { bold } from "@/components/rich";
import { useFormat } from "@/format";
import { useText } from "@/i18n";
import type { Histogram as Counts } from "@/platform/bindings";

import styles from "./search.module.css";
import { barAt, barOf, spanOf, type Chosen } from "./span";

export interface HistogramProps {
  histogram: Counts;
  /** A span was chosen: milliseconds since the epoch; the second is the first that is not of it. */
  onNarrow: (from: string, to: string) => void;
}

/** How hits lie in time. A span of it can be pointed at or reached by keys, and chosen. */
export function Histogram({ histogram, onNarrow }: HistogramProps): ReactNode {
  const { t, rich } = useText();
  const format = useFormat();
  const [pointed, setPointed] = useState<Chosen | null>(null);
  const [isDragging, setDragging] = useState(false);
  const { counts, untimed } = histogram;
  const bars = counts.length;
  if (bars === 0) return null;
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  const inside = (bar: number): number => Math.min(bars - 1, bar);
  // It may have fewer bars than when one of them was pointed at.
  const span =
    pointed === null
      ? null
      : spanOf(histogram, { anchor: inside(pointed.anchor), head: inside(pointed.head) });
  const whole = spanOf(histogram, { anchor: 0, head: bars - 1 });
  const peak = spanOf(histogram, { anchor: counts.indexOf(most), head: counts.indexOf(most) });
  const valuesOf = (of: typeof whole) => ({
    count: of.hits,
    shown: format.count(of.hits),
    from: format.time(of.from),
    to: format.time(of.to),
  });
  const barUnder = (event: PointerEvent<HTMLElement>): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return barAt(width > 0 ? (event.clientX - left) / width : 0, bars);
  };
  const narrow = (): void => {
    if (span !== null) onNarrow(span.from, span.to);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = barOf(event.key, pointed?.head ?? -1, bars);
    if (to !== null)
      setPointed({ anchor: event.shiftKey ? (pointed?.anchor ?? to) : to, head: to });
    else if (event.key === "Enter" || event.key === " ") narrow();
    else if (event.key === "Escape" && pointed !== null) setPointed(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={styles["histogram"]}>
      <div
        className={styles["bars"]}
        role="img"
        aria-label={`${t("search.histogram", valuesOf(whole))} ${t("search.histogram.most", valuesOf(peak))}`}
      >
        {counts.map((count, bar) => (
          <i
            // oxlint-disable-next-line react/no-array-index-key -- a bar is its place
            key={bar}
            data-some={count > 0 ? "" : undefined}
            data-chosen={span !== null && bar >= span.first && bar <= span.last ? "" : undefined}
            style={{ height: `${most === 0 ? 0 : (count / most) * 100}%` }}
          />
        ))}
      </div>
      <div
        className={styles["reach"]}
        role="slider"
        tabIndex={0}
        aria-label={t("search.histogram.choose")}
        aria-valuemin={0}
        aria-valuemax={bars - 1}
        aria-valuenow={pointed === null ? 0 : inside(pointed.head)}
        aria-valuetext={
          span === null ? t("search.histogram.nowhere") : t("search.histogram.span", valuesOf(span))
        }
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const bar = barUnder(event);
          setDragging(true);
          setPointed({ anchor: bar, head: bar });
        }}
        onPointerMove={(event) => {
          const bar = barUnder(event);
          setPointed(
            isDragging && pointed !== null ? { ...pointed, head: bar } : { anchor: bar, head: bar },
          );
        }}
        onPointerUp={() => {
          if (isDragging) narrow();
          setDragging(false);
        }}
        onPointerCancel={() => {
          setDragging(false);
          setPointed(null);
        }}
        onPointerLeave={() => {
          if (!isDragging) setPointed(null);
        }}
        onBlur={() => setPointed(null)}
      />
      {span !== null && (
        <div
          className={styles["tip"]}
          aria-hidden
          style={{
            left: `clamp(180px, ${((span.first + span.last + 1) / 2 / bars) * 100}%, 100% - 180px)`,
          }}
        >
          {rich("search.histogram.tip", { ...valuesOf(span), b: bold })}
        </div>
      )}
      {untimed > 0 && (
        <p className={styles["untimed"]}>
          {t("search.histogram.untimed", { count: untimed, shown: format.count(untimed) })}
        </p>
      )}
    </div>
  );
}
