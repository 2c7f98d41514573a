import { describe, expect, it } from "vitest";

import { createText, type MessageKey } from "@/i18n";

const french = createText("fr", "fr-FR").text;
const plain = (parts: unknown[]): string => parts.join("");
const words = (key: MessageKey, count: number): string => {
  const n = String(count);
  const values = { n, count, left: n, limit: "20", done: n, failed: "1", b: plain as never };
  return [french.rich(key, values)].flat().join("");
};

describe("French", () => {
  it.each([
    ["queues.chip.ready", "0 prêt", "1 prêt", "2 prêts"],
    ["queues.chip.unacked", "0 non acquitté", "1 non acquitté", "2 non acquittés"],
    ["queues.chip.held", "0 retenu par vous", "1 retenu par vous", "2 retenus par vous"],
    ["queues.hold.ready", "0 prêt", "1 prêt", "2 prêts"],
    [
      "queues.looks.label",
      "0 consultation restante sur 20",
      "1 consultation restante sur 20",
      "2 consultations restantes sur 20",
    ],
    ["queues.return.partly", "0 rendu, 1 non", "1 rendu, 1 non", "2 rendus, 1 non"],
    ["queues.remove.partly", "0 retiré, 1 non", "1 retiré, 1 non", "2 retirés, 1 non"],
  ] as const)("%s agrees with 0, 1 and 2", (key, none, one, two) => {
    expect([words(key, 0), words(key, 1), words(key, 2)]).toEqual([none, one, two]);
  });

  it("speaks of one message or of several where they are removed", () => {
    expect(words("queues.remove.undo.text", 1)).toContain("enregistrez-le ou rejouez-le");
    expect(words("queues.remove.undo.text", 2)).toContain("enregistrez-les ou rejouez-les");
  });

  it("joins what happened and why with its own spaces", () => {
    const said = { what: "Rien n’a été rendu", why: "le broker est parti" };
    expect(french.t("queues.settled.why", said)).toBe(
      "Rien n’a été rendu\u00a0: le broker est parti",
    );
    expect(french.t("queues.settled.and", { what: "a", more: "b" })).toBe("a\u00a0; b");
  });
});
