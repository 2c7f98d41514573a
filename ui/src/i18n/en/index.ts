import { activity } from "./activity";
import { common } from "./common";
import { connections } from "./connections";
import { failures } from "./failures";
import { queues } from "./queues";
import { replay } from "./replay";
import { search } from "./search";
import { shell } from "./shell";
import { topics } from "./topics";

/** Every text in English; the keys are the contract for the other languages. */
export const en = {
  ...common,
  ...shell,
  ...connections,
  ...topics,
  ...search,
  ...queues,
  ...replay,
  ...activity,
  ...failures,
} as const;
