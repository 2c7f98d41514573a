import { createMemoryHistory } from "@tanstack/react-router";
import fc from "fast-check";
import { expect, test } from "vitest";

import { createAppRouter } from "@/router";

import { fromPath, toPath } from "./names";

test("any name survives the way through a path", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (name) => {
      const part = toPath(name);
      expect(part).toMatch(/^=[A-Za-z0-9_!'()*~-]*$/);
      expect(fromPath(part)).toBe(name);
    }),
  );
});

test.each(["a/b", "..", "50%25", "queue with spaces", "Nouvelle tâche", "x?y#z", "~", ""])(
  "the queue %j has an address of its own",
  async (queue) => {
    const router = createAppRouter(createMemoryHistory({ initialEntries: ["/"] }));
    await router.load();
    await router.navigate({ to: "/c/$id/queues/$queue", params: { id: "c 1", queue } });
    const match = router.state.matches.at(-1);
    expect(match?.routeId).toBe("/c/$id/queues/$queue");
    expect(match?.params).toEqual({ id: "c 1", queue });
  },
);
