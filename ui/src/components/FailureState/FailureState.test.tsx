import { screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { catalogues, createText, type MessageKey } from "@/i18n";
import { codes } from "@/platform/failure";
import { renderPart } from "@/testing/render";

import { FailureLine, FailureState } from "./FailureState";
import { failureText } from "./words";

const failure = {
  code: "authorization",
  message: "the user support may not read the topic payroll",
  hint: "ask for READ on it",
} as const;

describe("a failure", () => {
  test("has a title and a next step for every code in every language", () => {
    for (const catalogue of Object.values(catalogues))
      for (const code of codes)
        for (const key of [`failure.${code}`, `failure.next.${code}`] as MessageKey[])
          expect(`${key}: ${catalogue[key]}`).toMatch(/: \p{Lu}/u);
  });

  test("is in French first, and what Rust says stands after it, named as what it is", () => {
    renderPart(<FailureState failure={failure} />, { language: "fr" });
    const alert = within(screen.getByRole("alert"));
    expect(alert.getByRole("heading").textContent).toBe("Il manque un droit d’accès");
    expect(alert.getByText(/^Demandez ce droit/)).toBeDefined();
    const detail = alert.getByText(
      "the user support may not read the topic payroll. Ask for READ on it.",
    );
    expect(detail.lang).toBe("en");
    expect(detail.parentElement?.textContent).toMatch(/^Détail technique\u00a0:/);
  });

  test.each(["localhost:28059 does not answer", "orders is gone", "the topic x is gone"])(
    "keeps every letter of what it names: %s",
    (message) => {
      renderPart(<FailureState failure={{ ...failure, message }} />);
      expect(screen.getByText(`${message}.`)).toBeDefined();
    },
  );

  test("is the same in one line", () => {
    renderPart(<FailureLine failure={{ ...failure, hint: null }} />, { language: "fr" });
    const text = screen.getByRole("alert").textContent;
    expect(text).toMatch(/^Il manque un droit d’accès\u00a0:Demandez ce droit/);
    expect(text).toMatch(/Détail technique\u00a0: the user support may not read/);
  });

  test("is one phrase in a toast, French first", () => {
    const { text } = createText("fr", "fr-FR");
    expect(failureText(text, failure)).toBe(
      "Il manque un droit d’accès (détail technique\u00a0: the user support may not read the topic payroll)",
    );
  });

  test("in English has the hint of Rust, or else the next step of its code", () => {
    const { unmount } = renderPart(<FailureState failure={failure} />);
    expect(screen.getByText("Ask for READ on it.")).toBeDefined();
    unmount();
    renderPart(<FailureState failure={{ ...failure, hint: null }} />);
    expect(screen.getByText(/^Ask whoever administers the broker/)).toBeDefined();
  });
});
