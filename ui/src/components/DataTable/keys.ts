//! Where a key moves the cursor.

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The row to go to; null where the key does not move, or there is nowhere to go. */
export function moveOf(
  press: KeyPress,
  active: number | null,
  count: number,
  page: number,
): number | null {
  if (count === 0 || press.ctrlKey || press.metaKey || press.altKey) return null;
  const clamp = (row: number): number => Math.min(count - 1, Math.max(0, row));
  switch (press.key) {
    case "ArrowDown":
    case "j":
    case "J":
      return active === null ? 0 : clamp(active + 1);
    case "ArrowUp":
    case "k":
    case "K":
      return active === null ? 0 : clamp(active - 1);
    case "PageDown":
      return clamp((active ?? 0) + page);
    case "PageUp":
      return clamp((active ?? 0) - page);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
