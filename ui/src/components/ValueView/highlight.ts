//! What was looked for, marked where it is seen.
//!
//! Only a plain text: a regular expression of Rust's is none of the browser's, and one that is
//! harmless there can take for ever here. Only what is in view is looked through, in steps of a
//! bounded length, so neither a long value nor a strange text costs anything. A mark says that the text
//! is there; where none is seen, it may still be in bytes that are shown in another form.

import type { Extension } from "@codemirror/state";
import { Decoration, MatchDecorator, ViewPlugin, type ViewUpdate } from "@codemirror/view";

export interface Highlight {
  readonly text: string;
  readonly caseSensitive: boolean;
  readonly wholeWord: boolean;
}

/** Nobody reads a longer one, and none is typed. Characters. */
const LONGEST = 1000;

/** Null where there is nothing to mark. */
export function patternOf({ text, caseSensitive, wholeWord }: Highlight): RegExp | null {
  if (text === "" || text.length > LONGEST) return null;
  const literal = text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
  const word = String.raw`[\p{L}\p{N}_]`;
  const source = wholeWord ? `(?<!${word})${literal}(?!${word})` : literal;
  return new RegExp(source, caseSensitive ? "gu" : "giu");
}

const mark = Decoration.mark({ class: "cm-found" });

export function highlighted(highlight: Highlight | null): Extension {
  const regexp = highlight === null ? null : patternOf(highlight);
  if (regexp === null) return [];
  const decorator = new MatchDecorator({ regexp, decoration: mark });
  return ViewPlugin.define(
    (view) => ({
      marks: decorator.createDeco(view),
      update(update: ViewUpdate) {
        this.marks = decorator.updateDeco(update, this.marks);
      },
    }),
    { decorations: ({ marks }) => marks },
  );
}
