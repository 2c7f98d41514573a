import { act, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, describe, expect, test, vi } from "vitest";

import type { Copied } from "@/platform/bindings";
import { fail } from "@/platform/fake/world";
import { renderPart } from "@/testing/render";

import { useExactCopy } from "./ExactCopy";

interface Answer {
  give(copied: Copied): void;
  refuse(): void;
}

/** What was asked for, by the name of its record, to be answered in any order. */
const asked = new Map<string, Answer>();

function Records(): ReactNode {
  const exact = useExactCopy();
  const copy = (of: string): void =>
    exact.copy({
      name: "Value",
      of: `record ${of}`,
      ask: () =>
        new Promise((give, refuse) => {
          asked.set(of, { give, refuse: () => refuse(fail("timeout", `${of} did not come`)) });
        }),
      save: () => undefined,
    });
  return (
    <>
      {["A", "B"].map((of) => (
        <button key={of} onClick={() => copy(of)}>
          copy {of}
        </button>
      ))}
      {exact.question}
    </>
  );
}

async function copyBoth(): Promise<{ a: Answer; b: Answer }> {
  const { user } = renderPart(<Records />);
  await user.click(screen.getByRole("button", { name: "copy A" }));
  await user.click(screen.getByRole("button", { name: "copy B" }));
  const [a, b] = [asked.get("A"), asked.get("B")];
  if (a === undefined || b === undefined) throw new Error("both were asked for");
  return { a, b };
}

const text = (of: string): Copied => ({ copied: "text", text: `value of ${of}` });

describe("of two copies", () => {
  beforeEach(() => asked.clear());

  test("the last one asked for is in the clipboard, whichever answer comes last", async () => {
    const { a, b } = await copyBoth();
    const write = vi.spyOn(navigator.clipboard, "writeText");
    await act(async () => b.give(text("B")));
    await act(async () => a.give(text("A")));
    expect(write.mock.calls).toStrictEqual([["value of B"]]);
  });

  test("the earlier one asks nothing and reports nothing any more", async () => {
    const { a, b } = await copyBoth();
    await act(async () => b.give(text("B")));
    await act(async () => a.refuse());
    expect(screen.queryByText(/A did not come/u)).toBeNull();
  });

  test("what is no text is asked about by the name of its record", async () => {
    const { b } = await copyBoth();
    await act(async () => b.give({ copied: "not_text", why: "not_utf8", at: "7" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog.textContent).toContain("record B");
  });
});
