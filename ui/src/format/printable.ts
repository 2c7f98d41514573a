//! Names that come from a broker, made safe to show: a control or bidi character shows as a symbol
//! instead of acting. Payloads arrive from Rust already treated.

// oxlint-disable-next-line no-control-regex -- these characters are what is looked for
const ACTING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export function printable(text: string): string {
  return text.replace(ACTING, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return "␡";
    return `‹U+${code.toString(16).toUpperCase().padStart(4, "0")}›`;
  });
}
