import { json } from "@codemirror/lang-json";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef, type ReactNode } from "react";

import type { Shown } from "@/platform/bindings";

import { highlighted, type Highlight } from "./highlight";
import styles from "./ValueView.module.css";

/** Past this, colours would cost more than they tell. Characters. */
const COLOURED = 2_000_000;

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--kafka)" },
  { tag: tags.number, color: "var(--rabbit)" },
  { tag: tags.string, color: "var(--ok)" },
  { tag: [tags.bool, tags.null], color: "var(--dead)" },
]);

const look = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  "&.cm-focused:has(.cm-content:focus-visible)": {
    outline: "1px solid var(--focus)",
    outlineOffset: "-1px",
  },
  ".cm-scroller": {
    fontFamily: "var(--font-data)",
    fontSize: "var(--text-sm)",
    lineHeight: "1.6",
    overflow: "auto",
  },
  ".cm-content": { padding: "8px 0 12px" },
  ".cm-line": { padding: "0 12px" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--focus) 30%, transparent) !important",
  },
  ".cm-cursor": { display: "none" },
  ".cm-specialChar": { color: "var(--warn)" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)" },
  ".cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  // On the mark, the colours of JSON would be too faint to read.
  ".cm-found, .cm-found *": { color: "var(--ink) !important" },
  ".cm-searchMatch, .cm-found": {
    backgroundColor: "color-mix(in srgb, var(--warn) 28%, transparent)",
  },
});

/** Hex keeps its columns; text and JSON fold to the width of the panel. */
function language(form: Shown, length: number): Extension {
  if (form === "hex") return [];
  const wrap = EditorView.lineWrapping;
  if (form !== "json" || length > COLOURED) return wrap;
  return [wrap, json(), syntaxHighlighting(colours)];
}

export interface CodeViewProps {
  label: string;
  text: string;
  form: Shown;
  /** What is marked in it. */
  highlight: Highlight | null;
}

/** Text to read: drawn only where it is in view, so its length costs nothing. */
export function CodeView({ label, text, form, highlight }: CodeViewProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const languages = useRef(new Compartment());
  const marks = useRef(new Compartment());
  const first = useRef({ label, text, form, highlight });

  useEffect(() => {
    if (box.current === null) return;
    const start = first.current;
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: start.text,
        extensions: [
          look,
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          EditorView.contentAttributes.of({ "aria-label": start.label, tabindex: "0" }),
          highlightSpecialChars(),
          drawSelection(),
          search(),
          keymap.of(searchKeymap),
          languages.current.of(language(start.form, start.text.length)),
          marks.current.of(highlighted(start.highlight)),
        ],
      }),
    });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    first.current = { label, text, form, highlight };
    const same = editor.state.doc.toString() === text;
    editor.dispatch({
      changes: same ? [] : { from: 0, to: editor.state.doc.length, insert: text },
      effects: [
        languages.current.reconfigure(language(form, text.length)),
        marks.current.reconfigure(highlighted(highlight)),
      ],
      selection: same ? undefined : { anchor: 0 },
      scrollIntoView: false,
    });
    if (!same) editor.scrollDOM.scrollTo(0, 0);
  }, [label, text, form, highlight]);

  return <div ref={box} className={styles["code"]} />;
}
