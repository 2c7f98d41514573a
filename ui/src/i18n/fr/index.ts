import { activity } from "./activity";
import { common } from "./common";
import { connections } from "./connections";
import { failures } from "./failures";
import { queues } from "./queues";
import { replay } from "./replay";
import { search } from "./search";
import { shell } from "./shell";
import { topics } from "./topics";

import type { en } from "../en";
import type { Translation } from "../types";

const written: Translation<typeof en> = {
  ...common,
  ...shell,
  ...connections,
  ...topics,
  ...search,
  ...queues,
  ...replay,
  ...activity,
  ...failures,
};

/** French puts a space before high punctuation, and no line may break there. */
function spaced(text: string): string {
  return text.replace(/ (?=[:;?!»])/g, "\u00a0").replace(/« /g, "«\u00a0");
}

// Same keys, each a text: only the spaces differ.
export const fr = Object.fromEntries(
  Object.entries(written).map(([key, text]) => [key, spaced(text)]),
) as Translation<typeof en>;
