import { Popover } from "@base-ui/react/popover";
import { Settings2 } from "lucide-react";
import type { ReactNode } from "react";

import { Segmented } from "@/components/Segmented/Segmented";
import menu from "@/components/Menu/Menu.module.css";
import { useText } from "@/i18n";
import { setPreferences, usePreferences } from "@/preferences";

import styles from "./StatusBar.module.css";

const THEMES = ["system", "dark", "light"] as const;
const ZONES = ["local", "utc", "epoch"] as const;

export function Settings(): ReactNode {
  const { t } = useText();
  const { theme, language, zone } = usePreferences();
  return (
    <Popover.Root>
      <Popover.Trigger className={styles["button"]} aria-label={t("status.settings")}>
        <Settings2 size={13} aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className={menu["positioner"]} side="top" align="end" sideOffset={8}>
          <Popover.Popup className={styles["popup"]}>
            <Popover.Title>{t("settings.title")}</Popover.Title>
            <div className={styles["setting"]}>
              {t("settings.theme")}
              <Segmented
                label={t("settings.theme")}
                value={theme}
                options={THEMES.map((value) => ({ value, label: t(`settings.theme.${value}`) }))}
                onChange={(value) => setPreferences({ theme: value })}
              />
            </div>
            <div className={styles["setting"]}>
              {t("settings.language")}
              <Segmented
                label={t("settings.language")}
                value={language}
                options={[
                  { value: "system", label: t("settings.language.system") },
                  // A language is called by its own name, whatever the language of the rest.
                  { value: "en", label: "English" },
                  { value: "fr", label: "Français" },
                ]}
                onChange={(value) => setPreferences({ language: value })}
              />
            </div>
            <div className={styles["setting"]}>
              {t("settings.zone")}
              <Segmented
                label={t("settings.zone")}
                value={zone}
                options={ZONES.map((value) => ({ value, label: t(`settings.zone.${value}`) }))}
                onChange={(value) => setPreferences({ zone: value })}
              />
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
