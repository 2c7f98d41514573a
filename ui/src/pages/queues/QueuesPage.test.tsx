import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import { queuesOf } from "@/platform/fake/queues";
import { fail } from "@/platform/fake/world";
import { renderApp } from "@/testing/render";

const cells = (row: HTMLElement): string[] =>
  within(row)
    .getAllByRole("gridcell")
    .map((cell) => cell.textContent ?? "");
const rowOf = async (name: string): Promise<HTMLElement> =>
  screen.findByRole("row", { name: new RegExp(`^${name.replaceAll(".", "\\.")}`, "u") });

describe("the list of queues", () => {
  it("shows what is not known as unknown, and never as 0", async () => {
    renderApp("/c/commands-prod/queues");
    expect(cells(await rowOf("audit.events"))).toEqual([
      "audit.events",
      ...Array.from({ length: 7 }, () => "unknown"),
    ]);
    expect(cells(await rowOf("emails"))).toEqual([
      "emails",
      "classic",
      "9,120",
      "1",
      "1",
      "120",
      "118",
      "running",
    ]);
  });

  it("asks the broker for pages and never for all queues", async () => {
    const { fake } = renderApp("/c/commands-prod/queues");
    const list = vi.spyOn(fake.commands, "listQueues");
    expect(await screen.findByText("1,204 queues")).toBeTruthy();
    await rowOf("emails");
    const pages = list.mock.calls.map(([, query]) => query);
    expect(pages.every(({ pageSize }) => pageSize <= 128)).toBe(true);
    expect(pages.filter(({ pageSize }) => pageSize > 1).every(({ page }) => page === 1)).toBe(true);
    expect(screen.getAllByRole("row").length).toBeLessThan(60);
  });

  it("goes to the last queue by asking for its page", async () => {
    const { user, fake } = renderApp("/c/commands-prod/queues");
    await rowOf("emails");
    const list = vi.spyOn(fake.commands, "listQueues");
    await user.click(screen.getByRole("grid"));
    await user.keyboard("{End}");
    await rowOf("task_queue.dlq");
    expect(list.mock.lastCall?.[1]).toMatchObject({ page: 10, pageSize: 128 });
  });

  it("keeps the table and its focus while another order is on its way", async () => {
    const { fake, user } = renderApp("/c/commands-prod/queues");
    await rowOf("emails");
    const list = fake.commands.listQueues;
    let answer = (): void => undefined;
    fake.commands.listQueues = async (connection, query) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return list(connection, query);
    };
    const grid = screen.getByRole("grid", { name: /^Queues of/u });
    const header = screen.getByRole("columnheader", { name: /^Ready/u });
    const sort = within(header).getByRole("button");
    await user.click(sort);
    // Longer than the first sight of an empty table takes.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(screen.getByRole("grid", { name: /^Queues of/u })).toBe(grid);
    expect(document.activeElement).toBe(sort);
    expect(screen.getByText("1,204 queues")).toBeTruthy();
    answer();
    await waitFor(() => expect(header.getAttribute("aria-sort")).toBe("descending"));
    expect(document.activeElement).toBe(sort);
  });

  it("sorts and filters at the broker", async () => {
    const { user, fake } = renderApp("/c/commands-prod/queues");
    await rowOf("emails");
    const list = vi.spyOn(fake.commands, "listQueues");
    await user.click(screen.getByRole("button", { name: "Ready" }));
    await rowOf("orders.stream");
    expect(screen.getByRole("columnheader", { name: /^Ready/u }).getAttribute("aria-sort")).toBe(
      "descending",
    );
    expect(list.mock.lastCall?.[1]).toMatchObject({ sort: "ready", descending: true, page: 1 });

    await user.keyboard("/");
    await user.keyboard("task_queue");
    expect(await screen.findByText("2 match")).toBeTruthy();
    expect(list.mock.lastCall?.[1]).toMatchObject({ name: "task_queue", sort: "ready" });
    expect(cells(await rowOf("task_queue.dlq"))[2]).toBe("4,862");
  });

  it("says that nothing matches, and shows all queues again", async () => {
    const { user } = renderApp("/c/commands-prod/queues");
    await user.type(await screen.findByRole("textbox", { name: "Filter by name" }), "nope");
    expect(await screen.findByText("No queue is called like that")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Show all queues" }));
    await rowOf("emails");
  });

  it("opens a queue with the keyboard alone", async () => {
    const { user, router } = renderApp("/c/commands-prod/queues");
    await rowOf("emails");
    screen.getByRole("grid").focus();
    await user.keyboard("j{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toMatch(/\/queues\/.*emails$/u));
    expect(await screen.findByRole("heading", { name: "emails" })).toBeTruthy();
  });

  it("keeps the cursor where the keyboard left it", async () => {
    const { user } = renderApp("/c/commands-prod/queues");
    await rowOf("emails");
    const grid = screen.getByRole("grid");
    grid.focus();
    await user.keyboard("j");
    const cursor = grid.getAttribute("aria-activedescendant");
    expect(cursor).toMatch(/-1$/u);
    // At once, so that the filter is what it was before anyone waited for it.
    const filter = screen.getByRole("textbox", { name: "Filter by name" });
    fireEvent.change(filter, { target: { value: "x" } });
    fireEvent.change(filter, { target: { value: "" } });
    // Longer than the filter waits for another key.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(grid.getAttribute("aria-activedescendant")).toBe(cursor);
  });

  it("says that there are none and what would be here", async () => {
    renderApp("/c/commands-prod/queues", {
      arrange: (world) => void queuesOf(world, "commands-prod").splice(0),
    });
    expect(await screen.findByText("No queues here")).toBeTruthy();
  });

  it("still opens a queue by name where the management API is missing", async () => {
    const { user, router } = renderApp("/c/commands-prod/queues", {
      arrange: (world) => {
        world.failing.set(
          "listQueues",
          fail("unsupported", "the management API of mq.prod.example is off", "switch it on"),
        );
      },
    });
    expect(await screen.findByText("the management API of mq.prod.example is off.")).toBeTruthy();
    expect(screen.getByText(/Messages come over AMQP, which works without it/u)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Open queue" }));
    expect(await screen.findByText("Enter the name of a queue.")).toBeTruthy();
    await user.type(screen.getByRole("textbox", { name: "Queue name" }), "a/b %2F");
    await user.click(screen.getByRole("button", { name: "Open queue" }));
    expect(await screen.findByRole("heading", { name: "a/b %2F" })).toBeTruthy();
    expect(router.state.location.pathname).toMatch(/\/queues\/./u);
  });

  it("says that the permission is missing where it is, and tries again", async () => {
    const { user, fake } = renderApp("/c/commands-prod/queues", {
      arrange: (world) => {
        world.failing.set("listQueues", fail("authorization", "support may not list queues"));
      },
    });
    expect(await screen.findByText("A permission is missing")).toBeTruthy();
    fake.world.failing.clear();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await rowOf("emails");
    expect(fake.calls.some(({ name }) => name === "openConnection")).toBe(false);
  });

  it("logs in once more where the log-in was refused and a person tries again", async () => {
    const { user, fake } = renderApp("/c/commands-prod/queues", {
      arrange: (world) => {
        world.failing.set("listQueues", fail("authentication", "the log-in of support is refused"));
      },
    });
    expect(await screen.findByText("Authentication failed")).toBeTruthy();
    fake.world.failing.clear();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await rowOf("emails");
    const opened = fake.calls.filter(({ name }) => name === "openConnection");
    expect(opened.map(({ args }) => args)).toEqual([["commands-prod", true]]);
  });
});
