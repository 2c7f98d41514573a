import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { preferences, setPreferences } from "@/preferences";
import { renderApp } from "@/testing/render";

test("a list is remembered without the name of what was opened in it", async () => {
  renderApp("/c/orders-prod/topics/=orders~2Epayment-failed");
  await screen.findByRole("heading", { name: "orders.payment-failed", level: 1 });
  await waitFor(() =>
    expect(preferences().place).toStrictEqual({ page: "topics", connection: "orders-prod" }),
  );
  expect(JSON.stringify({ ...localStorage })).not.toContain("payment-failed");
});

test("a new start leads to where the person was", async () => {
  setPreferences({ place: { page: "queues", connection: "commands-prod" } });
  const { router } = renderApp("/start");
  expect(await screen.findByRole("heading", { name: "Queues", level: 1 })).toBeDefined();
  expect(router.state.location.pathname).toBe("/c/commands-prod/queues");
});

test("a connection that was removed since leads home", async () => {
  setPreferences({ place: { page: "queues", connection: "long-gone" } });
  const { router } = renderApp("/start");
  expect(await screen.findByRole("grid", { name: "Connections" })).toBeDefined();
  await waitFor(() => expect(router.state.location.pathname).toBe("/"));
  expect(preferences().place).toBeNull();
});

test("a form is no place to start at", async () => {
  setPreferences({ place: { page: "activity" } });
  renderApp("/connections/new");
  await screen.findByRole("textbox", { name: "Name" });
  expect(preferences().place).toStrictEqual({ page: "activity" });
});
