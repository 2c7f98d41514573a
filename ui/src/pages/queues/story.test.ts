import { describe, expect, it } from "vitest";

import type { StoryKind, StoryStep } from "@/platform/bindings";

import { sentenceOf } from "./story";

const step = (kind: StoryKind, change: Partial<StoryStep> = {}): StoryStep => ({
  kind,
  queue: null,
  exchange: null,
  routingKeys: [],
  at: null,
  count: null,
  reason: null,
  cause: null,
  expiration: null,
  evidence: [],
  missing: [],
  unread: [],
  ...change,
});

describe("a step's sentence", () => {
  it.each<[StoryStep, string]>([
    [step("published"), "published"],
    [step("published", { exchange: "commands" }), "published.exchange"],
    [step("published", { exchange: "commands", routingKeys: ["a", "b"] }), "published.key"],
    [step("published", { exchange: "", routingKeys: ["q"] }), "published.default"],
    [step("published", { exchange: "" }), "published.exchange"],
    [step("failed"), "failed"],
    [step("failed", { cause: "X" }), "failed.detail"],
    [step("expired", { queue: "q" }), "expired"],
    [step("expired", { queue: "q", expiration: "60000" }), "expired.after"],
    [step("expired", { queue: "q", expiration: "a lot" }), "expired"],
    [step("died", { queue: "q" }), "died"],
    [step("died", { queue: "q", reason: "odd" }), "died.reason"],
    [step("dead_lettered", { queue: "here", exchange: "" }), "dead_lettered.here"],
    [step("dead_lettered", { queue: "here", exchange: "dlx" }), "dead_lettered.here.through"],
    [step("dead_lettered", { queue: "there", exchange: "dlx" }), "dead_lettered.through"],
    [step("dead_lettered", { queue: "there" }), "dead_lettered"],
    [step("replayed"), "replayed"],
    [step("replayed", { reason: "01JD" }), "replayed.copy"],
    [step("rejected", { queue: "q" }), "rejected"],
  ])("%# says no more than is recorded", (told, key) => {
    expect(sentenceOf(told, "here").key).toBe(`queues.story.${key}`);
  });

  it("joins cause and reason of a failure, in the application's words", () => {
    const { detail, tone } = sentenceOf(step("failed", { cause: "X", reason: "y: z" }), "here");
    expect(detail).toBe("X: y: z");
    expect(tone).toBe("bad");
  });

  it("leaves out a queue that nobody recorded", () => {
    expect(sentenceOf(step("rejected"), "here").names).toEqual({});
  });
});
