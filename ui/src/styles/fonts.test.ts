//! Every symbol that stands for a control character has a glyph in a font that is bundled: on a
//! bare system nothing else could draw it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { brotliDecompressSync } from "node:zlib";
import { expect, test } from "vitest";

import { printable } from "@/format";

const css = readFileSync("src/styles/fonts.css", "utf8");
const tokens = readFileSync("src/styles/tokens.css", "utf8");

/** The characters of a WOFF2 font, by its `cmap`: https://www.w3.org/TR/WOFF2/, OpenType `cmap`. */
function charactersOf(file: Buffer): Set<number> {
  expect(file.toString("latin1", 0, 4)).toBe("wOF2");
  const tables = file.readUInt16BE(12);
  let at = 48;
  const base128 = (): number => {
    let value = 0;
    for (;;) {
      const byte = file.readUInt8(at);
      at += 1;
      value = value * 128 + (byte & 0x7f);
      if ((byte & 0x80) === 0) return value;
    }
  };
  const CMAP = 0;
  let start = 0;
  let found: { start: number; length: number } | null = null;
  for (let table = 0; table < tables; table += 1) {
    const flags = file.readUInt8(at);
    at += 1;
    const known = flags & 0x3f;
    let tag = "";
    if (known === 0x3f) {
      tag = file.toString("latin1", at, at + 4);
      at += 4;
    }
    const original = base128();
    // glyf (10) and loca (11) are transformed by version 0, the others by any but 0.
    const version = flags >> 6;
    const isTransformed = known === 10 || known === 11 ? version === 0 : version !== 0;
    const length = isTransformed ? base128() : original;
    if (known === CMAP || tag === "cmap") found = { start, length };
    start += length;
  }
  if (found === null) throw new Error("the font has no cmap");
  const data = brotliDecompressSync(file.subarray(at, at + file.readUInt32BE(20)));
  const cmap = data.subarray(found.start, found.start + found.length);
  const characters = new Set<number>();
  for (let record = 0; record < cmap.readUInt16BE(2); record += 1) {
    const sub = cmap.subarray(cmap.readUInt32BE(4 + record * 8 + 4));
    if (sub.readUInt16BE(0) === 12)
      for (let group = 0; group < sub.readUInt32BE(12); group += 1) {
        const [first, last] = [16 + group * 12, 20 + group * 12].map((o) => sub.readUInt32BE(o));
        for (let c = first ?? 1; c <= (last ?? 0); c += 1) characters.add(c);
      }
    if (sub.readUInt16BE(0) === 4) {
      const segments = sub.readUInt16BE(6) / 2;
      for (let segment = 0; segment < segments; segment += 1) {
        const last = sub.readUInt16BE(14 + segment * 2);
        const first = sub.readUInt16BE(16 + segments * 2 + segment * 2);
        for (let c = first; c <= last && c !== 0xffff; c += 1) characters.add(c);
      }
    }
  }
  return characters;
}

test("the pictures of all control characters are in the bundled font", () => {
  const name = /url\("([^"]+)"\)/.exec(css)?.[1];
  if (name === undefined) throw new Error("fonts.css names no file");
  const file = readFileSync(createRequire(import.meta.url).resolve(name));
  const characters = charactersOf(file);
  const controls = [...Array.from({ length: 32 }, (_, code) => code), 127];
  const shown = controls.map((code) => printable(String.fromCodePoint(code)).codePointAt(0) ?? 0);
  expect(shown.filter((code) => !characters.has(code))).toStrictEqual([]);
  expect(characters.has(0x4e00), "the check can tell what is not there").toBe(false);
});

test("both kinds of text ask that font, for these characters only", () => {
  expect(css).toContain("unicode-range: U+2400-2421;");
  for (const kind of ["--font-ui", "--font-data"])
    expect(new RegExp(`${kind}:[^;]*"Control Pictures"`).test(tokens)).toBe(true);
});
