import { useEffect } from "react";

import { usePreferences } from "@/preferences";

/** Puts the chosen theme, or the system's, on the document. */
export function useTheme(): void {
  const { theme } = usePreferences();
  useEffect(() => {
    const system = window.matchMedia("(prefers-color-scheme: light)");
    const apply = (): void => {
      const light = theme === "light" || (theme === "system" && system.matches);
      document.documentElement.classList.toggle("light", light);
    };
    apply();
    system.addEventListener("change", apply);
    return () => system.removeEventListener("change", apply);
  }, [theme]);
}
