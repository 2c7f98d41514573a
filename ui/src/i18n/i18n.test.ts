import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { describe, expect, test } from "vitest";

import { catalogues, createText, languageOf, type MessageKey } from ".";

const keys = Object.keys(catalogues.en) as MessageKey[];

/** Placeholders and tags of a message, each once. */
function parts(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element): string[] => {
    switch (element.type) {
      case TYPE.literal:
      case TYPE.pound:
        return [];
      case TYPE.tag:
        return [`<${element.value}>`, ...parts(element.children)];
      case TYPE.plural:
      case TYPE.select:
        return [
          element.value,
          ...Object.values(element.options).flatMap((option) => parts(option.value)),
        ];
      case TYPE.argument:
      case TYPE.number:
      case TYPE.date:
      case TYPE.time:
        return [element.value];
    }
  });
}

const wordsOf = (message: string): string[] => [...new Set(parts(parse(message)))].toSorted();

describe("texts", () => {
  test("each language has the same keys", () => {
    expect(Object.keys(catalogues.fr).toSorted()).toStrictEqual(keys.toSorted());
  });

  test("each is well formed and has the same parts in each language", () => {
    const different = keys.filter((key) => {
      const { en, fr } = { en: catalogues.en[key], fr: catalogues.fr[key] };
      return fr.trim() === "" || wordsOf(fr).join() !== wordsOf(en).join();
    });
    expect(different).toStrictEqual([]);
  });

  test("French is French: what equals the English is a name or a unit", () => {
    const same = keys.filter(
      (key) => catalogues.en[key] === catalogues.fr[key] && /[a-z]{9,}/i.test(catalogues.en[key]),
    );
    const names =
      /kronos console|navigation|exception|-----BEGIN|partition|production|rabbitmq|messages?$|connections?$|description|arguments|exchange|bootstrap|scram|kafka|plain/i;
    expect(same.filter((key) => !names.test(catalogues.en[key]))).toStrictEqual([]);
  });

  test("no line can break before high punctuation in French", () => {
    expect(keys.filter((key) => /\u0020[:;?!»]|«\u0020/.test(catalogues.fr[key]))).toStrictEqual(
      [],
    );
  });

  test("apostrophes are typographic", () => {
    expect(keys.filter((key) => /\p{L}'\p{L}/u.test(catalogues.fr[key]))).toStrictEqual([]);
    expect(keys.filter((key) => /\p{L}'\p{L}/u.test(catalogues.en[key]))).toStrictEqual([]);
  });
});

describe("language", () => {
  test.each([
    ["system", ["fr-CA", "en"], "fr"],
    ["system", ["en-GB", "fr"], "en"],
    ["system", ["de", "fr"], "fr"],
    ["system", ["de"], "en"],
    ["en", ["fr"], "en"],
    ["fr", ["en"], "fr"],
  ] as const)("%s with %j is %s", (choice, system, language) => {
    expect(languageOf(choice, system)).toBe(language);
  });

  test("a plural follows its count", () => {
    const { text } = createText("fr", "fr-FR");
    expect(text.t("topic.partitions", { count: 0, shown: "0" })).toBe("0 partition");
    expect(text.t("topic.partitions", { count: 2, shown: "2" })).toBe("2 partitions");
  });
});
