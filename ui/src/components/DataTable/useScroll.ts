//! The place in a list of fixed rows, and its scroll bar.

import {
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
  type RefObject,
} from "react";

import {
  clampOffset,
  geometry,
  isScaled,
  offsetOf,
  offsetShowing,
  ROW,
  scrollTopOf,
  type Geometry,
} from "./geometry";

interface Place {
  /** Of the scroll bar. */
  readonly scrollTop: number;
  /** In all rows. */
  readonly offset: number;
}

export interface Scroll {
  readonly g: Geometry;
  readonly place: Place;
  readonly onScroll: () => void;
  readonly show: (row: number) => void;
}

const START: Place = { scrollTop: 0, offset: 0 };

/** `header` is how many pixels of the box the sticky header covers. */
export function useScroll(
  box: RefObject<HTMLDivElement | null>,
  count: number,
  header: number,
): Scroll {
  const [viewport, setViewport] = useState(0);
  const [drawn, setDrawn] = useState<Place>(START);
  // Events come faster than renders: this is where the last of them left the list.
  const exact = useRef<Place>(START);
  const g = geometry(count, viewport);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => setViewport(Math.max(0, element.clientHeight - header));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, header]);

  const moveTo = (wanted: number): void => {
    const offset = clampOffset(wanted, g);
    const next = { scrollTop: scrollTopOf(offset, g), offset };
    exact.current = next;
    setDrawn(next);
    box.current?.scrollTo({ top: next.scrollTop });
  };

  const onScroll = (): void => {
    const element = box.current;
    if (element === null) return;
    const { scrollTop } = element;
    // The echo of `moveTo`: the exact place is known better than the scroll bar can tell.
    if (isScaled(g) && Math.abs(scrollTop - exact.current.scrollTop) <= 1) return;
    exact.current = { scrollTop, offset: offsetOf(scrollTop, g) };
    setDrawn(exact.current);
  };

  const show = (row: number): void => {
    const before = clampOffset(exact.current.offset, g);
    const offset = offsetShowing(row, before, g);
    if (offset !== before) moveTo(offset);
  };

  // One notch of the wheel must stay a few rows, where the scroll bar's own pixel is hundreds.
  const onWheel = useEffectEvent((event: WheelEvent) => {
    if (event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? ROW : event.deltaMode === 2 ? g.viewport : 1;
    moveTo(exact.current.offset + event.deltaY * unit);
  });
  const scaled = isScaled(g);
  useEffect(() => {
    const element = box.current;
    if (element === null || !scaled) return;
    const listener = (event: WheelEvent): void => onWheel(event);
    element.addEventListener("wheel", listener, { passive: false });
    return () => element.removeEventListener("wheel", listener);
  }, [box, scaled]);

  // A list that became shorter leaves the place behind its end.
  const offset = clampOffset(drawn.offset, g);
  const place = offset === drawn.offset ? drawn : { scrollTop: scrollTopOf(offset, g), offset };
  return { g, place, onScroll, show };
}
