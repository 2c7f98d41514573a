//! A text that is typed here and kept in the address. The field is controlled by what was typed, at
//! once: an address is set in a transition, and a caret that waits for one jumps to the end.

import { useEffect, useEffectEvent, useState } from "react";

/** After the last key. Milliseconds. */
const PAUSE = 150;

interface Typed {
  readonly text: string;
  /** The text of the address that it belongs to. */
  readonly address: string;
  /** What the address is being set to, in that order; not each has to arrive. */
  readonly sent: readonly string[];
}

/** The text and what changes it; `send` puts it into the address once typing paused. */
export function useAddressText(
  address: string,
  send: (text: string) => void,
): readonly [text: string, setText: (text: string) => void] {
  const [typed, setTyped] = useState<Typed>({ text: address, address, sent: [] });
  if (typed.address !== address) {
    // Our own word that arrived changes nothing: more may have been typed since. Any other address
    // is somebody else's, such as the way back.
    const ours = typed.sent.indexOf(address);
    const sent = ours === -1 ? [] : typed.sent.slice(ours + 1);
    setTyped({ text: ours === -1 ? address : typed.text, address, sent });
  }
  const { text } = typed;
  const onPause = useEffectEvent((paused: string) => {
    setTyped((now) => ({ ...now, sent: [...now.sent, paused] }));
    send(paused);
  });
  useEffect(() => {
    if (text === address) return;
    const timer = setTimeout(() => onPause(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text, address]);
  return [text, (next) => setTyped((now) => ({ ...now, text: next }))];
}
