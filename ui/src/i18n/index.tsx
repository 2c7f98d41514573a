//! Texts by key and language. Components hold no text: they ask `useText`.
//!
//! A message is in ICU syntax: `{count, plural, one {# message} other {# messages}}`, with `<b>` for
//! rich ones. Numbers that people read are formatted first (see `format/`) and handed in as text;
//! a plural is chosen by a number of its own.

import { createContext, use, useEffect, useMemo, type ReactNode } from "react";
import { createIntl, createIntlCache, RawIntlProvider, type IntlShape } from "react-intl";

import { usePreferences, type LanguageChoice } from "@/preferences";

import { en } from "./en";
import { fr } from "./fr";

export type MessageKey = keyof typeof en;
export type Language = "en" | "fr";
export type Values = Readonly<Record<string, string | number>>;
type RichPart = ReactNode | ((parts: ReactNode[]) => ReactNode);
export type RichValues = Readonly<Record<string, RichPart>>;

export const catalogues: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = {
  en,
  fr,
};

export interface Text {
  readonly language: Language;
  /** The locale for numbers and dates, such as `fr-FR`. */
  readonly locale: string;
  t(key: MessageKey, values?: Values): string;
  /** With elements in it: `{name}` may be a node, and `<b>…</b>` a function of its content. */
  rich(key: MessageKey, values: RichValues): ReactNode;
}

export function languageOf(choice: LanguageChoice, system: readonly string[]): Language {
  if (choice !== "system") return choice;
  return system.some((tag) => /^fr\b/i.test(tag)) &&
    !/^en\b/i.test(system.find((tag) => /^(fr|en)\b/i.test(tag)) ?? "")
    ? "fr"
    : "en";
}

function localeOf(language: Language, system: readonly string[]): string {
  return system.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;
}

const cache = createIntlCache();

export function createText(language: Language, locale: string): { text: Text; intl: IntlShape } {
  const intl = createIntl(
    {
      locale,
      defaultLocale: "en",
      messages: catalogues[language],
      onError: (error) => {
        throw error;
      },
    },
    cache,
  );
  const text: Text = {
    language,
    locale,
    t: (key, values) => intl.formatMessage({ id: key }, values),
    rich: (key, values) => intl.formatMessage({ id: key }, values as Record<string, ReactNode>),
  };
  return { text, intl };
}

const TextContext = createContext<Text | null>(null);

export function TextProvider({ children }: { children: ReactNode }): ReactNode {
  const choice = usePreferences().language;
  const language = languageOf(choice, navigator.languages);
  const { text, intl } = useMemo(
    () => createText(language, localeOf(language, navigator.languages)),
    [language],
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <RawIntlProvider value={intl}>
      <TextContext value={text}>{children}</TextContext>
    </RawIntlProvider>
  );
}

export function useText(): Text {
  const text = use(TextContext);
  if (text === null) throw new Error("useText outside TextProvider");
  return text;
}
