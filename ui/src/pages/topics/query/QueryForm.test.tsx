import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";

import type { ConditionProblem } from "@/platform/bindings";

import { calls, openTopic, searchFor } from "../testing";
import { textOf } from "./draft";

const text = () => screen.getByRole<HTMLInputElement>("textbox", { name: /^(Text|Query|Regular)/ });
const choose = async (
  user: Awaited<ReturnType<typeof openTopic>>["user"],
  label: string,
  option: string,
): Promise<void> => {
  await user.click(screen.getByRole("combobox", { name: label }));
  await user.click(await screen.findByRole("option", { name: option }));
};

describe("the button", () => {
  test("reads while there is no text, and searches once there is one", async () => {
    const { user, fake } = await openTopic("orders.payment-failed");
    await screen.findByText("c-48812");
    expect(screen.getByRole("button", { name: "Read" })).toBeDefined();
    const end = screen.getByRole("combobox", { name: "To" });
    expect(end.getAttribute("aria-description")).toBe("Of a search: a read goes on to its limit");
    await user.keyboard("/card_declined");
    expect(text().value).toBe("card_declined");
    expect(screen.queryByRole("button", { name: "Read" })).toBeNull();
    expect(end.getAttribute("aria-description")).toBeNull();
    expect(calls(fake, "startSearch")).toHaveLength(0);
    await user.keyboard("{Enter}");
    await waitFor(() => expect(calls(fake, "startSearch")).toHaveLength(1));
    expect(calls(fake, "startSearch")[0]?.[1]).toMatchObject({
      topics: ["orders.payment-failed"],
      from: { at: "oldest" },
      newestFirst: true,
      limit: 10_000,
      condition: { by: "text", text: "card_declined", places: ["value", "key", "headers"] },
    });
    await user.clear(text());
    expect(screen.getByRole("button", { name: "Read" })).toBeDefined();
  });
});

test("Esc leaves the text for the rows", async () => {
  const { user } = await openTopic("orders.payment-failed");
  await screen.findByText("c-48812");
  await user.keyboard("/x{Escape}");
  expect(document.activeElement).toBe(screen.getByRole("grid"));
  expect(text().value).toBe("x");
});

test("case, whole word and places are part of what is asked, and one place stays", async () => {
  const { user, fake } = await openTopic("orders.payment-failed");
  await screen.findByText("c-48812");
  await user.click(screen.getByRole("button", { name: "Match case" }));
  await user.click(screen.getByRole("button", { name: "whole word" }));
  const places = within(screen.getByRole("group", { name: "Where to look" }));
  await user.click(places.getByRole("button", { name: "value" }));
  await user.click(places.getByRole("button", { name: "headers" }));
  await user.click(places.getByRole("button", { name: "key" }));
  expect(places.getByRole("button", { name: "key" }).getAttribute("aria-pressed")).toBe("true");
  await searchFor(user, "c-48812");
  await waitFor(() =>
    expect(calls(fake, "startSearch").at(-1)?.[1].condition).toStrictEqual({
      by: "text",
      text: "c-48812",
      caseSensitive: true,
      wholeWord: true,
      places: ["key"],
    }),
  );
  await user.click(screen.getByRole("radio", { name: "regex" }));
  expect(screen.queryByRole("button", { name: "whole word" })).toBeNull();
  await user.click(screen.getByRole("radio", { name: "query" }));
  expect(screen.queryByRole("group", { name: "Where to look" })).toBeNull();
});

test("the last minutes are counted from when the search is asked for", async () => {
  const { user, fake } = await openTopic("orders.payment-failed");
  await screen.findByText("c-48812");
  await choose(user, "Read", "Last minutes");
  await user.clear(screen.getByRole("textbox", { name: "Minutes" }));
  await user.type(screen.getByRole("textbox", { name: "Minutes" }), "30");
  const before = Date.now();
  await searchFor(user, "card");
  await waitFor(() => expect(calls(fake, "startSearch")).toHaveLength(1));
  const { from } = calls(fake, "startSearch")[0]?.[1] ?? {};
  if (from?.at !== "time") throw new Error("it is no time");
  expect(Number(from.millis)).toBeGreaterThanOrEqual(before - 30 * 60_000);
  expect(Number(from.millis)).toBeLessThanOrEqual(Date.now() - 30 * 60_000);
});

test("an end that is not after the start is said beside it, and nothing is searched", async () => {
  const { user, fake } = await openTopic("orders.payment-failed");
  await screen.findByText("c-48812");
  await user.keyboard("/x");
  await choose(user, "Read", "From offset");
  await choose(user, "To", "An offset");
  await user.type(screen.getByRole("textbox", { name: "Offset" }), "900");
  await user.type(screen.getByRole("textbox", { name: "Before offset" }), "900{Enter}");
  expect(await screen.findByText("Later than the start")).toBeDefined();
  expect(calls(fake, "startSearch")).toHaveLength(0);
});

describe("a query", () => {
  const openQuery = async () => {
    const app = await openTopic("audit");
    await screen.findByText("u-0");
    await app.user.click(screen.getByRole("radio", { name: "query" }));
    return app;
  };

  test("says while it is typed what cannot be read and where, and blocks no key", async () => {
    const { user } = await openQuery();
    await user.type(text(), 'value contains "login" and user');
    const line = await screen.findByText("Cannot be searched for:");
    expect(line.parentElement?.textContent).toContain("this is not the name of anything");
    expect(line.parentElement?.querySelector("mark")?.textContent).toBe("user");
    expect(text().getAttribute("aria-invalid")).toBe("true");
    expect(text().getAttribute("aria-describedby")).toBe(line.parentElement?.id);
    await user.clear(text());
    await user.type(text(), "value is null");
    await waitFor(() => expect(screen.queryByText("Cannot be searched for:")).toBeNull());
    expect(text().value).toBe("value is null");
  });

  test("that cannot be read takes nothing from the screen when it is searched", async () => {
    const { user, fake } = await openQuery();
    await user.type(text(), 'value contains "login{Enter}');
    expect(await screen.findByText("Cannot be searched for:")).toBeDefined();
    expect(calls(fake, "startSearch")).toHaveLength(0);
    expect(calls(fake, "dropResultSet")).toHaveLength(0);
    expect(screen.getByText("u-0")).toBeDefined();
  });

  test("is not told what was wrong with an earlier one", async () => {
    const { user, fake } = await openQuery();
    const answers = new Map<string, (problem: ConditionProblem | null) => void>();
    vi.spyOn(fake.commands, "checkCondition").mockImplementation(
      (condition) => new Promise((done) => void answers.set(textOf(condition), done)),
    );
    await user.type(text(), "nonsense");
    await waitFor(() => expect(answers.has("nonsense")).toBe(true));
    await user.clear(text());
    await user.type(text(), "size > 10");
    await waitFor(() => expect(answers.has("size > 10")).toBe(true));
    await act(async () => {
      answers.get("size > 10")?.(null);
      answers.get("nonsense")?.({ message: "of before", at: 0, length: 8 });
    });
    expect(screen.queryByText("Cannot be searched for:")).toBeNull();
  });

  test("can be taken from the examples, by the keyboard too", async () => {
    const { user } = await openQuery();
    await user.click(screen.getByRole("button", { name: "Examples" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Queries by example" }));
    dialog.getByRole("button", { name: "value.order.amount > 100" }).focus();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(text().value).toBe("value.order.amount > 100"));
  });
});

describe("a regular expression", () => {
  const openPattern = async () => {
    const app = await openTopic("orders.payment-failed");
    await screen.findByText("c-48812");
    await app.user.click(screen.getByRole("radio", { name: "regex" }));
    return app;
  };

  test("says while it is typed that it cannot be read, and why", async () => {
    const { user } = await openPattern();
    expect(screen.getByText(/^Matches anywhere/).id).toBe(text().getAttribute("aria-describedby"));
    await user.type(text(), "(a");
    const line = await screen.findByText("Cannot be searched for:");
    expect(line.parentElement?.textContent).toContain("unclosed group");
    expect(line.parentElement?.querySelector("mark")?.textContent).toBe("(a");
    expect(text().getAttribute("aria-invalid")).toBe("true");
    await user.type(text(), ")");
    await waitFor(() => expect(screen.queryByText("Cannot be searched for:")).toBeNull());
    expect(text().getAttribute("aria-invalid")).not.toBe("true");
  });

  test("that cannot be read takes nothing from the screen, however often it is searched", async () => {
    const { user, fake } = await openPattern();
    await user.type(text(), "(a{Enter}{Enter}");
    expect(await screen.findByText("Cannot be searched for:")).toBeDefined();
    expect(calls(fake, "startSearch")).toHaveLength(0);
    expect(calls(fake, "dropResultSet")).toHaveLength(0);
    expect(screen.getByText("c-48812")).toBeDefined();
    await user.type(text(), "){Enter}");
    await waitFor(() => expect(calls(fake, "startSearch")).toHaveLength(1));
  });

  test("is not told what was wrong with a query of the same letters", async () => {
    const { user } = await openPattern();
    await user.click(screen.getByRole("radio", { name: "query" }));
    await user.type(text(), "nonsense");
    await screen.findByText("Cannot be searched for:");
    await user.click(screen.getByRole("radio", { name: "regex" }));
    expect(screen.queryByText("Cannot be searched for:")).toBeNull();
    expect(text().getAttribute("aria-invalid")).not.toBe("true");
  });
});

test("a text that is too long takes nothing from the screen either", async () => {
  const { user, fake } = await openTopic("orders.payment-failed");
  await screen.findByText("c-48812");
  await user.click(text());
  await user.paste("x".repeat(10_001));
  await user.keyboard("{Enter}");
  const line = await screen.findByText("Cannot be searched for:");
  expect(line.parentElement?.textContent).toContain("it has more than 10000 characters");
  expect(text().getAttribute("aria-describedby")).toBe(line.parentElement?.id);
  expect(calls(fake, "startSearch")).toHaveLength(0);
  expect(screen.getByText("c-48812")).toBeDefined();
});

test("what cannot be searched for is said in French first", async () => {
  const { user } = await openTopic("orders.payment-failed", { language: "fr" });
  await user.click(await screen.findByRole("radio", { name: "regex" }));
  await user.type(screen.getByRole("textbox", { name: /^Expression/ }), "(a");
  const line = (await screen.findByText("Recherche impossible :")).parentElement;
  expect(line?.textContent).toMatch(/Détail technique\u00a0: the expression cannot be read/);
  expect(line?.querySelector("[lang=en]")?.textContent).toContain("unclosed group");
});
