import { useEffect, useState } from "react";

/** `seconds` as Rust said them `at` (milliseconds), counted down here; null where there is no end. */
export function useRemaining(seconds: number | null, at: number): number | null {
  const [now, setNow] = useState(() => Date.now());
  const counting = seconds !== null;
  useEffect(() => {
    if (!counting) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [counting]);
  if (seconds === null) return null;
  return Math.max(0, seconds - Math.max(0, now - at) / 1000);
}
