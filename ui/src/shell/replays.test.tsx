import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { ReplayView } from "@/platform/bindings";
import { renderApp } from "@/testing/render";

describe("a replay that another page started", () => {
  const running: ReplayView = {
    id: "r",
    source: "orders-prod",
    connection: "commands-dev",
    place: { kind: "exchange", name: "commands", key: null },
    of: 100,
    done: 40,
  };
  const bar = () => within(screen.getByRole("contentinfo"));

  test("is told by the status bar until it ends, then where its account is", async () => {
    const { fake, user, router } = renderApp("/", {
      arrange: (world) => void world.replays.push(running),
    });
    const name = "exchange commands · each message’s routing key";
    expect(await screen.findByText(`Replay to ${name} · 40 of 100`)).toBeDefined();
    fake.world.replays = [];
    await waitFor(() => expect(bar().queryByText(/40 of 100/u)).toBeNull(), { timeout: 5_000 });
    const account = `Replay to ${name} · it ended; Activity has its account`;
    await user.click(await bar().findByRole("link", { name: account }));
    expect(router.state.location.pathname).toBe("/activity");
    await waitFor(() => expect(bar().queryByRole("link", { name: account })).toBeNull());
  });

  test("is named in the language of the window, and stopped from there by keyboard", async () => {
    const { fake, user } = renderApp("/", {
      arrange: (world) => void world.replays.push(running),
      language: "fr",
    });
    const name = "exchange commands · clé de routage de chaque message";
    expect(await screen.findByText(`Rejeu vers ${name} · 40 sur 100`)).toBeDefined();
    const stop = bar().getByRole("button", { name: `Arrêter le rejeu vers ${name}` });
    stop.focus();
    await user.keyboard("{Enter}");
    expect(fake.calls.filter((call) => call.name === "stopReplay")).toMatchObject([
      { args: ["r"] },
    ]);
    const stopping = bar().getByRole("button", {
      name: new RegExp(`^Le rejeu vers ${name} s’arrête`, "u"),
    });
    expect(stopping.getAttribute("aria-disabled")).toBe("true");
    await user.click(stopping);
    expect(fake.calls.filter((call) => call.name === "stopReplay")).toHaveLength(1);
  });
});
