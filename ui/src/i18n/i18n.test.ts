import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { describe, expect, test } from "vitest";

import { catalogues, createText, languageOf, type MessageKey } from ".";

const keys = Object.keys(catalogues.en) as MessageKey[];

/** Names, units, and words that are the same in both languages. */
const SAME: ReadonlySet<string> = new Set([
  "common.environment.production",
  "common.environment.production.short",
  "common.broker.kafka",
  "common.broker.rabbitmq",
  "common.null",
  "value.form.auto",
  "value.form.json",
  "shell.name",
  "shell.navigation",
  "shell.topics",
  "unlock.minutes.value",
  "settings.zone.utc",
  "settings.zone.epoch",
  "zone.epoch",
  "palette.topics",
  "palette.actions",
  "home.broker",
  "connections.field.kind",
  "connections.field.bootstrapServers.placeholder",
  "connections.field.host.placeholder",
  "connections.field.port",
  "connections.field.tls",
  "connections.field.pem.placeholder",
  "connections.field.pem.keyPlaceholder",
  "connections.field.managementUrl.placeholder",
  "connections.test.title",
  "connections.stage.tcp",
  "connections.stage.tls",
  "connections.stage.tls.version",
  "topics.title",
  "topics.count",
  "topics.partitions",
  "topics.offsets",
  "topics.offsets.exact",
  "topic.partitions",
  "topic.offsets",
  "topic.messages",
  "read.offset.label",
  "read.partitions",
  "record.offset",
  "record.topic",
  "query.minutes",
  "query.mode.pattern",
  "search.speed",
  "search.passedOver.one",
  "record.title",
  "queues.list.column.type",
  "queues.facts.type",
  "queues.facts.durable",
  "queues.facts.arguments",
  "queues.table.column.exception",
  "queues.detail.label",
  "queues.detail.title",
  "queues.detail.properties.exchange",
  "replay.topic",
  "replay.partition",
  "replay.exchange",
  "replay.place.topic",
  "replay.place.exchange",
  "replay.set.messages",
  "replay.ofMessages.messages",
  "replay.result.source.messages",
  "activity.column.action",
  "activity.messages",
  "activity.place.topic",
  "activity.place.exchange",
]);

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

  test("French is French: what equals the English was looked at", () => {
    const words = (key: MessageKey): string => catalogues.en[key].replaceAll(/\{[^{}]*\}/gu, "");
    const same = keys.filter(
      (key) => catalogues.en[key] === catalogues.fr[key] && /[a-z]{3}/iu.test(words(key)),
    );
    expect(same.filter((key) => !SAME.has(key))).toStrictEqual([]);
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
