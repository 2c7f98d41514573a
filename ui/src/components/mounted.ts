import { useEffect, useRef, type RefObject } from "react";

/** Whether the component is still there, for what ends after an answer: nobody reads what a dialog
 * says that has gone. */
export function useMounted(): RefObject<boolean> {
  const mounted = useRef(false);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  return mounted;
}
