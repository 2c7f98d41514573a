import { act, screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import type { ReplayView } from "@/platform/bindings";
import type { Fake } from "@/platform/fake";
import { deskOf } from "@/platform/fake/connections";
import { fail } from "@/platform/fake/world";
import { renderApp } from "@/testing/render";

const SECRET = "correct horse battery staple";
const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const KEY = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";

const box = (name: string): HTMLInputElement =>
  screen.getByRole<HTMLInputElement>("textbox", { name });
const button = (name: string | RegExp): HTMLElement => screen.getByRole("button", { name });
const password = (): HTMLInputElement => screen.getByLabelText<HTMLInputElement>("Password");

async function fillKafka(user: UserEvent): Promise<void> {
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "orders-new");
  await user.type(box("Bootstrap servers"), "kafka-1.example:9093");
  await user.type(box("User"), "support");
  await user.type(password(), SECRET);
}

describe("a new connection", () => {
  it("is saved, and its password is nowhere in the page afterwards", async () => {
    const { user, fake, router } = renderApp("/connections/new");
    const save = vi.spyOn(fake.commands, "saveConnection");
    await fillKafka(user);
    await user.click(button("Save"));

    await waitFor(() => expect(router.state.location.pathname).toMatch(/\/edit$/u));
    expect(save).toHaveBeenCalledOnce();
    const [form, secrets] = save.mock.lastCall ?? [];
    expect(form).toMatchObject({
      id: null,
      name: "orders-new",
      environment: "dev",
      access: "read_only",
      broker: {
        kind: "kafka",
        bootstrapServers: "kafka-1.example:9093",
        security: "SASL_SSL",
        mechanism: "SCRAM-SHA-512",
        user: "support",
      },
    });
    expect(secrets).toEqual({
      password: { change: "set", text: SECRET },
      privateKey: { change: "keep" },
    });

    expect(await screen.findByText("in the keyring")).toBeTruthy();
    expectNoSecret(SECRET);
  });

  it("names what is wrong beside each field and sends nothing", async () => {
    const { user, fake } = renderApp("/connections/new");
    const save = vi.spyOn(fake.commands, "saveConnection");
    await user.type(await screen.findByRole("textbox", { name: "Bootstrap servers" }), "kafka-1");
    await user.click(button("Save"));

    expect(await screen.findByText("kafka-1 needs a port, such as kafka-1:9093.")).toBeTruthy();
    expect(screen.getByText("Give it a name.")).toBeTruthy();
    expect(screen.getByText("Enter the user.")).toBeTruthy();
    expect(box("Bootstrap servers").getAttribute("aria-invalid")).toBe("true");
    expect(save).not.toHaveBeenCalled();

    await user.type(box("User"), "support");
    await user.click(button("Save"));
    expect(await screen.findByText("Enter the password.")).toBeTruthy();
    await user.type(password(), "x");
    await waitFor(() => expect(screen.queryByText("Enter the password.")).toBeNull());
  });

  it("says why it was not saved and keeps what was typed", async () => {
    const { user, fake } = renderApp("/connections/new");
    fake.world.failing.set("saveConnection", fail("storage", "the disk is full", "make room"));
    await fillKafka(user);
    await user.click(button("Save"));
    expect(await screen.findByText(/the disk is full\. Make room\./u)).toBeTruthy();
    expect(password().value).toBe(SECRET);
  });

  it("asks RabbitMQ's questions, and moves the usual port with TLS", async () => {
    const { user, fake } = renderApp("/connections/new");
    const save = vi.spyOn(fake.commands, "saveConnection");
    await user.click(await screen.findByRole("radio", { name: "RabbitMQ" }));
    expect(box("Port").value).toBe("5671");
    await user.click(
      within(screen.getByRole("radiogroup", { name: "TLS" })).getByRole("radio", { name: "no" }),
    );
    expect(box("Port").value).toBe("5672");
    expect(screen.getByText("not encrypted: the password can be read on the way")).toBeTruthy();
    expect(screen.queryByRole("radiogroup", { name: "Trust" })).toBeNull();

    await user.type(box("Name"), "mq");
    await user.type(box("Host"), "rabbit.example");
    await user.type(box("User"), "support");
    await user.type(password(), SECRET);
    await user.click(button("Save"));
    await waitFor(() => expect(save).toHaveBeenCalledOnce());
    expect(save.mock.lastCall?.[0].broker).toMatchObject({
      kind: "rabbitmq",
      port: 5672,
      vhost: "/",
      useTls: false,
    });
  });

  it("takes a private key from a file without showing it, and forgets it once it is saved", async () => {
    const { user, fake } = renderApp("/connections/new");
    const save = vi.spyOn(fake.commands, "saveConnection");
    await fillKafka(user);
    await user.upload(
      screen.getByLabelText("Choose a file for: Client certificate", { selector: "input" }),
      new File([CERTIFICATE], "client.pem"),
    );
    await waitFor(() => expect(box("Client certificate").value).toBe(CERTIFICATE));
    await user.upload(
      screen.getByLabelText("Choose a file for: Private key", { selector: "input" }),
      new File([KEY], "client.key"),
    );
    expect(await screen.findByText("read from client.key")).toBeTruthy();
    expectNoSecret("c2VjcmV0");
    await user.click(button("Save"));
    await waitFor(() => expect(save).toHaveBeenCalledOnce());
    expect(save.mock.lastCall?.[1].privateKey).toEqual({ change: "set", text: KEY });
    await waitFor(() => expect(screen.getAllByText("in the keyring")).toHaveLength(2));
    expectNoSecret("c2VjcmV0");
  });

  it("refuses a private key where certificates are kept", async () => {
    const { user } = renderApp("/connections/new");
    await user.click(await screen.findByRole("radio", { name: "only this CA" }));
    await user.click(button("Paste: CA certificate"));
    await user.click(box("CA certificate"));
    await user.paste(KEY);
    await user.tab();
    expect(await screen.findByText(/This holds a private key/u)).toBeTruthy();
  });

  it("says so in red when the server's name is not compared", async () => {
    const { user } = renderApp("/connections/new");
    await user.click(await screen.findByRole("radio", { name: "do not check" }));
    expect(screen.getByText(/any server with a certificate/u).dataset["tone"]).toBe("bad");
  });
});

describe("a saved connection", () => {
  it("never gets its password back: it is kept, replaced or forgotten", async () => {
    const { user, fake } = renderApp("/connections/orders-staging/edit");
    const save = vi.spyOn(fake.commands, "saveConnection");
    expect(await screen.findByText("in the keyring")).toBeTruthy();
    expect(screen.queryByLabelText("Password", { selector: "input" })).toBeNull();
    await user.click(button("Save"));
    await waitFor(() => expect(save).toHaveBeenCalledTimes(1));
    expect(save.mock.lastCall?.[1].password).toEqual({ change: "keep" });

    await user.click(button("Replace: Password"));
    await user.type(screen.getByLabelText("Password", { selector: "input" }), SECRET);
    await user.click(button("Save"));
    await waitFor(() => expect(save).toHaveBeenCalledTimes(2));
    expect(save.mock.lastCall?.[1].password).toEqual({ change: "set", text: SECRET });
    expect(await screen.findByText("in the keyring")).toBeTruthy();
    expectNoSecret(SECRET);

    await user.click(button("Forget: Password"));
    expect(screen.getByText("forgotten when you save")).toBeTruthy();
    await user.click(button("Do not forget: Password"));
    expect(screen.getByText("in the keyring")).toBeTruthy();
  });

  it("forgets its password when the listener has no users any more", async () => {
    const { user, fake } = renderApp("/connections/orders-staging/edit");
    const save = vi.spyOn(fake.commands, "saveConnection");
    await user.click(await screen.findByRole("radio", { name: "SSL" }));
    await user.click(button("Save"));
    await waitFor(() => expect(save).toHaveBeenCalledOnce());
    expect(save.mock.lastCall?.[1].password).toEqual({ change: "forget" });
  });

  it("says that production stays read-only, whatever is chosen", async () => {
    renderApp("/connections/orders-prod/edit");
    expect(await screen.findByText(/production is always read-only/u)).toBeTruthy();
    const levels = within(screen.getByRole("radiogroup", { name: "Access level" }));
    expect(levels.getByRole("radio", { name: "read-only", checked: true })).toBeTruthy();
    expect(levels.getByRole("radio", { name: "open" }).getAttribute("aria-disabled")).toBe("true");
  });

  it("asks before changes are lost", async () => {
    const { user, router } = renderApp("/connections/orders-staging/edit");
    await user.type(await screen.findByRole("textbox", { name: "Name" }), "-2");
    await user.click(screen.getByRole("link", { name: "Activity" }));
    await user.click(await screen.findByRole("button", { name: "Go on editing" }));
    expect(router.state.location.pathname).toBe("/connections/orders-staging/edit");
    await user.click(screen.getByRole("link", { name: "Activity" }));
    await user.click(await screen.findByRole("button", { name: "Discard changes" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/activity"));
  });

  it("that is new is called by the name it got so far before it is lost", async () => {
    const { user } = renderApp("/connections/new");
    const name = await screen.findByRole("textbox", { name: "Name" });
    await user.type(name, " ");
    await user.click(screen.getByRole("link", { name: "Activity" }));
    expect(await screen.findByText(/^This new connection is not saved\./u)).toBeTruthy();
    await user.click(button("Go on editing"));
    await user.type(name, "orders-dev");
    await user.click(screen.getByRole("link", { name: "Activity" }));
    expect(await screen.findByText(/^What you changed in orders-dev is not saved\./u)).toBeTruthy();
  });

  it("is removed after saying what is forgotten", async () => {
    const { user, fake, router } = renderApp("/connections/orders-staging/edit");
    await user.click(await screen.findByRole("button", { name: "Remove…" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Remove orders-staging" }));
    expect(dialog.getByText(/from the keyring too: the password\./u)).toBeTruthy();
    expect(dialog.getByText(/Nothing changes on the broker/u)).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Keep it" }));
    expect(fake.world.connections.some(({ form }) => form.id === "orders-staging")).toBe(true);

    await user.click(button("Remove…"));
    await user.click(await screen.findByRole("button", { name: "Remove orders-staging" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/"));
    expect(fake.world.connections.some(({ form }) => form.id === "orders-staging")).toBe(false);
  });
});

/** Messages of commands-dev are held, so many of them without a look left. */
async function hold(fake: Fake, count: number, inLastLook: number): Promise<void> {
  await act(async () => {
    await fake.commands.openConnection("commands-dev", false);
    const { rows } = await fake.commands.listQueues("commands-dev", {
      page: 1,
      pageSize: 500,
      name: "",
      sort: "ready",
      descending: true,
    });
    const queue = rows.find(({ kind }) => kind !== "stream");
    const view = await fake.commands.startHold("commands-dev", queue?.name ?? "", count, "hold");
    const held = fake.world.holds.get(view.id);
    if (held === undefined) throw new Error("it was begun");
    expect(held.view.held).toBe(count);
    held.view.inLastLook = inLastLook;
    for (const listener of fake.world.listeners) listener({ what: "holds" });
  });
}

const RUNNING: ReplayView = {
  id: "r",
  source: "orders-prod",
  connection: "commands-dev",
  place: { kind: "exchange", name: "commands", key: null },
  of: 100,
  done: 40,
};

describe("what an edit ends", () => {
  it("is nothing where only the name changes", async () => {
    const { user, fake } = renderApp("/connections/commands-dev/edit");
    const save = vi.spyOn(fake.commands, "saveConnection");
    const name = await screen.findByRole("textbox", { name: "Name" });
    await hold(fake, 2, 1);
    await user.type(name, "-2");
    await user.click(button("Save"));
    await waitFor(() => expect(save).toHaveBeenCalledOnce());
    expect(screen.queryByText(/Saving closes the connection/u)).toBeNull();
    expect(screen.queryByRole("dialog")).toBeNull();
    const saved = fake.world.connections.find(({ form }) => form.id === "commands-dev");
    expect(saved?.state.state).toBe("open");
  });

  it("is told beside Save, and asked about where something is lost with it", async () => {
    const { user, fake } = renderApp("/connections/commands-dev/edit", {
      arrange: (world) => void world.replays.push(RUNNING),
    });
    const save = vi.spyOn(fake.commands, "saveConnection");
    await user.click(await screen.findByRole("radio", { name: "guarded" }));
    await hold(fake, 2, 1);
    expect(
      await screen.findByText(
        "Saving closes the connection. 1 held message is returned first. " +
          "1 held message has no look left: it is lost with the connection. " +
          "1 running replay is stopped.",
      ),
    ).toBeTruthy();

    await user.click(button("Save"));
    const asked = await screen.findByRole("dialog", { name: "Saving closes commands-dev" });
    expect(within(asked).getByText("1 running replay is stopped.")).toBeTruthy();
    await user.click(within(asked).getByRole("button", { name: "Go on editing" }));
    expect(save).not.toHaveBeenCalled();
    await user.click(button("Save"));
    await user.click(await screen.findByRole("button", { name: "Save all the same" }));
    await waitFor(() => expect(save).toHaveBeenCalledOnce());
  });

  it("is asked about as it is when Save is pressed, not as it was told before", async () => {
    const { user, fake } = renderApp("/connections/commands-dev/edit");
    const save = vi.spyOn(fake.commands, "saveConnection");
    await user.click(await screen.findByRole("radio", { name: "guarded" }));
    fake.world.replays.push(RUNNING);
    await user.click(button("Save"));
    expect(await screen.findByRole("dialog", { name: "Saving closes commands-dev" })).toBeTruthy();
    expect(save).not.toHaveBeenCalled();
  });

  it("is no question where messages are only returned", async () => {
    const { user, fake } = renderApp("/connections/commands-dev/edit");
    const save = vi.spyOn(fake.commands, "saveConnection");
    await user.click(await screen.findByRole("radio", { name: "guarded" }));
    await hold(fake, 2, 0);
    expect(await screen.findByText(/2 held messages are returned first\.$/u)).toBeTruthy();
    await user.click(button("Save"));
    await waitFor(() => expect(save).toHaveBeenCalledOnce());
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("is told before a connection is removed", async () => {
    const { user, fake } = renderApp("/connections/commands-dev/edit", {
      arrange: (world) => void world.replays.push(RUNNING),
    });
    await user.click(await screen.findByRole("button", { name: "Remove…" }));
    await hold(fake, 3, 2);
    const dialog = within(await screen.findByRole("dialog", { name: "Remove commands-dev" }));
    const alert = await dialog.findByRole("alert");
    await waitFor(() =>
      expect(alert.textContent).toBe(
        "1 held message is returned first. " +
          "2 held messages have no look left: they are lost with the connection. " +
          "1 running replay is stopped.",
      ),
    );
  });
});

describe("what was asked of a connection", () => {
  const topicsOf = (fake: Fake): number =>
    fake.calls.filter(({ name, args }) => name === "listTopics" && args[0] === "orders-staging")
      .length;

  it("is forgotten once it may be another broker, and not asked again before somebody looks", async () => {
    const { user, fake, router } = renderApp("/c/orders-staging/topics");
    await screen.findByRole("grid", { name: "Topics" });
    const asked = topicsOf(fake);
    await act(() =>
      router.navigate({ to: "/connections/$id/edit", params: { id: "orders-staging" } }),
    );
    await user.click(await screen.findByRole("radio", { name: "open" }));
    await user.click(button("Save"));
    await screen.findByText("orders-staging is saved");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "Go to" }), "orders");
    const shown = (await screen.findAllByRole("option")).map((option) => option.textContent ?? "");
    expect(shown.filter((option) => option.includes("orders-staging"))).not.toHaveLength(0);
    const topics = screen.queryByRole("group", { name: "Topics" });
    expect(topics?.textContent ?? "").not.toContain("orders-staging");
    expect(topicsOf(fake)).toBe(asked);
  });
});

describe("a form that is being saved", () => {
  it("takes nothing that the answer would take back", async () => {
    const { user, fake } = renderApp("/connections/orders-staging/edit");
    const name = await screen.findByRole<HTMLInputElement>("textbox", { name: "Name" });
    fake.world.slow.set("saveConnection", 300);
    await user.type(name, "-2");
    // As Enter does.
    act(() => name.form?.requestSubmit());
    await waitFor(() => expect(fake.calls.at(-1)?.name).toBe("saveConnection"));
    await user.type(name, "-3");
    expect(name.value).toBe("orders-staging-2");
    const choices = screen.getByRole("radiogroup", { name: "Environment", hidden: true });
    expect(choices.closest("[inert]")).not.toBeNull();
    await screen.findByText("orders-staging-2 is saved");
    await waitFor(() => expect(document.activeElement).toBe(name));
    await user.type(name, "-3");
    expect(name.value).toBe("orders-staging-2-3");
  });

  it("is removed for good: what was begun is not called off", async () => {
    const { user, fake } = renderApp("/connections/orders-staging/edit");
    fake.world.silent.add("removeConnection");
    await user.click(await screen.findByRole("button", { name: "Remove…" }));
    await user.click(await screen.findByRole("button", { name: "Remove orders-staging" }));
    await user.keyboard("{Escape}");
    const keep = button("Keep it");
    expect(keep.getAttribute("aria-disabled")).toBe("true");
    await user.click(keep);
    expect(screen.getByRole("dialog", { name: "Remove orders-staging" })).toBeTruthy();
  });

  it("says that it could not be removed also when the page has gone", async () => {
    const { user, fake, router } = renderApp("/connections/orders-staging/edit");
    fake.world.slow.set("removeConnection", 300);
    fake.world.failing.set("removeConnection", fail("storage", "the disk is full"));
    await user.click(await screen.findByRole("button", { name: "Remove…" }));
    await user.click(await screen.findByRole("button", { name: "Remove orders-staging" }));
    await act(() => router.navigate({ to: "/activity" }));
    expect(await screen.findAllByText("the disk is full")).not.toHaveLength(0);
  });
});

describe("what is not saved", () => {
  const changes: readonly (readonly [string, (user: UserEvent) => Promise<void>])[] = [
    [
      "another mechanism",
      async (user) => {
        await user.click(await screen.findByRole("combobox", { name: "Mechanism" }));
        await user.click(await screen.findByRole("option", { name: "PLAIN" }));
      },
    ],
    [
      "a certificate that was cleared",
      async (user) => {
        await user.click(await screen.findByRole("button", { name: "Clear: Client certificate" }));
      },
    ],
    [
      "a password to be forgotten",
      async (user) => {
        await user.click(await screen.findByRole("button", { name: "Forget: Password" }));
      },
    ],
  ];

  it.each(changes)("is asked about before it is left: %s", async (_, change) => {
    const { user, fake, router } = renderApp("/connections/orders-staging/edit", {
      arrange: (world) => {
        const connection = world.connections.find(({ form }) => form.id === "orders-staging");
        if (connection === undefined) return;
        connection.form = structuredClone(connection.form);
        connection.form.broker.tls.certificatePem = CERTIFICATE;
      },
    });
    await screen.findByRole("textbox", { name: "Name" });
    expect(fake.world.unsaved).toBe(false);
    await change(user);
    await waitFor(() => expect(fake.world.unsaved).toBe(true));
    await user.click(screen.getByRole("link", { name: "Activity" }));
    await user.click(await screen.findByRole("button", { name: "Discard changes" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/activity"));
    await waitFor(() => expect(fake.world.unsaved).toBe(false));
  });

  it("is nothing once it was changed back, or saved", async () => {
    const { user, fake, router } = renderApp("/connections/orders-staging/edit", {
      arrange: (world) => {
        // The keyring is asked, and has something else to say than was assumed.
        for (const connection of world.connections) connection.password = "none";
      },
    });
    const name = await screen.findByRole("textbox", { name: "Name" });
    expect(await screen.findByLabelText("Password")).toBeTruthy();
    await user.type(name, "-2");
    await waitFor(() => expect(fake.world.unsaved).toBe(true));
    await user.type(name, "{Backspace}{Backspace}");
    await waitFor(() => expect(fake.world.unsaved).toBe(false));
    await user.type(screen.getByLabelText("Password"), SECRET);
    await waitFor(() => expect(fake.world.unsaved).toBe(true));
    await user.click(button("Save"));
    await screen.findByText("orders-staging is saved");
    await waitFor(() => expect(fake.world.unsaved).toBe(false));
    await user.click(screen.getByRole("link", { name: "Activity" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/activity"));
  });
});

describe("a test of a connection", () => {
  it("shows each step, what failed and what was not reached, and goes stale with the form", async () => {
    const { user, fake } = renderApp("/connections/orders-staging/edit");
    const test = vi.spyOn(fake.commands, "testConnection");
    await user.click(await screen.findByRole("button", { name: "Test" }));
    const steps = within(await screen.findByRole("list", { name: "Steps of the test" }));
    const items = steps.getAllByRole("listitem").map((item) => item.textContent ?? "");
    expect(items[0]).toContain("Name lookup");
    expect(items[0]).toContain("passed");
    expect(items[0]).toContain("2 addresses: 10.4.0.11, 10.4.0.12 · 4 ms");
    expect(items[2]).toMatch(
      /^TLS 1\.3 passed\S+, issued by Staging Root CA, until 2031-03-03 · 23 ms$/u,
    );
    expect(items[3]).toContain("Kafka answers");
    expect(items[3]).toContain("protocol versions match · 6 ms");
    expect(items[4]).toContain("Authentication failed");
    expect(items[4]).toContain("320 ms · tried once");
    expect(items[4]).toContain("It offers SCRAM-SHA-512 and PLAIN:");
    expect(items[5]).toContain("Permissions");
    expect(items[5]).toContain("not reached");
    expect(test).toHaveBeenCalledOnce();

    expect(screen.queryByText("The form has changed since this test.")).toBeNull();
    await user.type(box("User"), "2");
    expect(screen.getByText("The form has changed since this test.")).toBeTruthy();
    // The stored password is the other user's.
    await user.type(password(), SECRET);
    await user.click(button("Test again"));
    await waitFor(() => expect(test).toHaveBeenCalledTimes(2));
    await waitFor(() =>
      expect(screen.queryByText("The form has changed since this test.")).toBeNull(),
    );
  });

  it("is in French, and what Rust says of a failure stands after it, named as what it is", async () => {
    const { user } = renderApp("/connections/orders-staging/edit", { language: "fr" });
    await user.click(await screen.findByRole("button", { name: "Tester" }));
    const steps = within(await screen.findByRole("list", { name: "Étapes du test" }));
    const items = steps
      .getAllByRole("listitem")
      .map((item) => (item.textContent ?? "").replaceAll("\u00a0", " "));
    expect(items[0]).toContain("2 adresses : 10.4.0.11, 10.4.0.12 · 4 ms");
    expect(items[2]).toContain("délivré par Staging Root CA, valable jusqu’au 2031-03-03");
    expect(items[3]).toContain("les versions du protocole concordent");
    expect(items[4]).toMatch(/^Authentification refusée320 ms · une seule tentative/u);
    expect(items[4]).toMatch(/Vérifiez l’utilisateur.*Détail technique : \S+ does not accept/u);
    const navigation = within(screen.getByRole("navigation"));
    expect(navigation.queryByText("accès refusé")).toBeNull();
  });

  it("tests what is typed without saving it, and leaves the password to be saved", async () => {
    const { user, fake } = renderApp("/connections/new");
    const test = vi.spyOn(fake.commands, "testConnection");
    const save = vi.spyOn(fake.commands, "saveConnection");
    await fillKafka(user);
    await user.click(button("Test"));
    await screen.findByRole("list", { name: "Steps of the test" });
    expect(test.mock.lastCall?.[1].password).toEqual({ change: "set", text: SECRET });
    expect(save).not.toHaveBeenCalled();
    expect(password().value).toBe(SECRET);
  });

  it("does not run on a form that cannot be right", async () => {
    const { user, fake } = renderApp("/connections/new");
    const test = vi.spyOn(fake.commands, "testConnection");
    await user.click(await screen.findByRole("button", { name: "Test" }));
    expect(
      await screen.findByText("Complete the form first: 3 fields cannot be right yet."),
    ).toBeTruthy();
    expect(test).not.toHaveBeenCalled();
  });

  it("says why it could not be run, and runs again", async () => {
    const { user, fake } = renderApp("/connections/orders-staging/edit");
    fake.world.failing.set("testConnection", fail("internal", "the probe did not start"));
    await user.click(await screen.findByRole("button", { name: "Test" }));
    expect(await screen.findByText("the probe did not start.")).toBeTruthy();
    fake.world.failing.clear();
    await user.click(button("Try again"));
    expect(await screen.findByRole("list", { name: "Steps of the test" })).toBeTruthy();
  });

  it("copies a report that holds the steps and no secret", async () => {
    const { user } = renderApp("/connections/orders-staging/edit");
    const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    await user.click(await screen.findByRole("button", { name: "Replace: Password" }));
    await user.type(screen.getByLabelText("Password", { selector: "input" }), SECRET);
    await user.click(button("Test"));
    await user.click(await screen.findByRole("button", { name: "Copy report" }));
    const report = write.mock.lastCall?.[0] ?? "";
    expect(report).toContain("Connection test: orders-staging (Kafka, staging)");
    expect(report).toContain("Address: kafka-1.staging.example:9093");
    expect(report).toContain("- Authentication: FAILED (320 ms)");
    expect(report).toContain("- Permissions: not reached");
    expect(report).not.toContain(SECRET);
  });
});

describe("the keyring", () => {
  it("is explained where it is locked, with what follows for a password", async () => {
    const { user, fake } = renderApp("/connections/new", {
      arrange: (world) => {
        deskOf(world).keyring = { state: "locked" };
      },
    });
    expect(await screen.findByText("The keyring is locked.")).toBeTruthy();
    expect(screen.getByText(/Unlock it, and your secrets are there again/u)).toBeTruthy();
    expect(screen.getByText("kept in memory until the app ends")).toBeTruthy();

    await fillKafka(user);
    await user.click(button("Save"));
    expect(await screen.findByText("in memory until the app ends")).toBeTruthy();

    const save = vi.spyOn(fake.commands, "saveConnection");
    await user.click(button("Unlock the keyring…"));
    await waitFor(() => expect(screen.queryByText("The keyring is locked.")).toBeNull());
    expect(await screen.findByText("in the keyring")).toBeTruthy();
    expect(save).not.toHaveBeenCalled();
  });

  it("that never answers keeps no screen waiting", async () => {
    const { user, fake } = renderApp("/connections/orders-staging/edit", {
      arrange: (world) => {
        world.silent.add("secretPlaces");
        world.silent.add("keyringStatus");
      },
    });
    const name = await screen.findByRole("textbox", { name: "Name" });
    expect(screen.getByText("looking in the keyring…")).toBeTruthy();
    await user.clear(name);
    await user.type(name, "renamed");
    await user.click(button("Save"));
    await waitFor(() =>
      expect(fake.world.connections.some(({ form }) => form.name === "renamed")).toBe(true),
    );
    expect(await screen.findByText("in the keyring")).toBeTruthy();
  });

  it("that answers late leaves alone what was typed meanwhile", async () => {
    const { user } = renderApp("/connections/orders-staging/edit", {
      arrange: (world) => {
        world.slow.set("secretPlaces", 400);
        for (const connection of world.connections) connection.password = "none";
      },
    });
    await user.click(await screen.findByRole("button", { name: "Replace: Password" }));
    await user.type(await screen.findByLabelText("Password"), "typed");
    await new Promise((done) => setTimeout(done, 600));
    expect(screen.getByLabelText<HTMLInputElement>("Password").value).toBe("typed");
  });

  it("that has nothing turns the waiting field into one to fill in", async () => {
    renderApp("/connections/orders-staging/edit", {
      arrange: (world) => {
        world.slow.set("secretPlaces", 100);
        for (const connection of world.connections) connection.password = "none";
      },
    });
    expect(await screen.findByText("looking in the keyring…")).toBeTruthy();
    expect(await screen.findByLabelText("Password")).toBeTruthy();
  });

  it("is looked for again where there is none", async () => {
    const { user, fake } = renderApp("/connections/orders-staging/edit", {
      arrange: (world) => {
        deskOf(world).keyring = { state: "missing" };
        for (const connection of world.connections) connection.password = "unknown";
      },
    });
    expect(await screen.findByText("There is no keyring.")).toBeTruthy();
    expect(screen.getByText("the keyring does not tell")).toBeTruthy();
    deskOf(fake.world).keyring = { state: "available" };
    await user.click(button("Look again"));
    await waitFor(() => expect(screen.queryByText("There is no keyring.")).toBeNull());
  });
});

/** Nothing that can be read out of the page holds the secret. */
function expectNoSecret(secret: string): void {
  expect(document.documentElement.outerHTML).not.toContain(secret);
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(
    "input, textarea",
  );
  for (const field of fields) expect(field.value).not.toContain(secret);
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain(secret);
}

describe("what protects an edit", () => {
  it("asks for the password again where the stored one would go elsewhere", async () => {
    const { user, fake } = renderApp("/connections/orders-staging/edit");
    const save = vi.spyOn(fake.commands, "saveConnection");
    expect(await screen.findByText("in the keyring")).toBeTruthy();
    await user.type(box("Bootstrap servers"), ", evil.example:9093");
    expect(
      await screen.findByText(/given for another address, security or user: enter it again/u),
    ).toBeTruthy();
    await user.click(button("Save"));
    expect(await screen.findByText("Enter the password.")).toBeTruthy();
    expect(save).not.toHaveBeenCalled();

    await user.clear(box("Bootstrap servers"));
    await user.type(box("Bootstrap servers"), "kafka-1.staging.example:9093");
    expect(await screen.findByText("in the keyring")).toBeTruthy();
    await user.type(box("Name"), "-2");
    await user.click(button("Save"));
    await waitFor(() => expect(save).toHaveBeenCalledOnce());
    expect(save.mock.lastCall?.[1].password).toEqual({ change: "keep" });
  });

  it("sends a password typed for the new place", async () => {
    const { user, fake } = renderApp("/connections/orders-staging/edit");
    const save = vi.spyOn(fake.commands, "saveConnection");
    expect(await screen.findByText("in the keyring")).toBeTruthy();
    await user.type(box("User"), "-2");
    await user.type(await screen.findByLabelText("Password"), SECRET);
    await user.click(button("Save"));
    await waitFor(() => expect(save).toHaveBeenCalledOnce());
    expect(save.mock.lastCall?.[1].password).toEqual({ change: "set", text: SECRET });
    expect(await screen.findByText("in the keyring")).toBeTruthy();
    expectNoSecret(SECRET);
  });

  it("says that production is unlocked before it is loosened, and offers it", async () => {
    const { user, fake } = renderApp("/connections/orders-prod/edit");
    const environments = within(await screen.findByRole("radiogroup", { name: "Environment" }));
    await user.click(environments.getByRole("radio", { name: "dev" }));
    expect(await screen.findByText(/to loosen it, unlock it with a reason first/u)).toBeTruthy();
    await user.click(button("Save"));
    expect(await screen.findByText(/Unlock it with a reason, then save again/u)).toBeTruthy();

    const form = within(screen.getByRole("form", { name: "Connection" }));
    await user.click(form.getByRole("button", { name: "Unlock…" }));
    await user.type(await screen.findByRole("textbox", { name: "Reason" }), "ticket 4711");
    await user.click(button(/Unlock for/u));
    await waitFor(() => expect(screen.queryByText(/unlock it with a reason first/u)).toBeNull());
    await user.click(button("Save"));
    await waitFor(() => expect(fake.world.connections[0]?.form.environment).toBe("dev"));
  });

  it("tells what the keyring did not do, of a connection that is saved all the same", async () => {
    const { user, fake } = renderApp("/connections/orders-staging/edit");
    const save = vi.spyOn(fake.commands, "saveConnection");
    const connection = fake.world.connections.find(({ form }) => form.id === "orders-staging");
    if (connection === undefined) throw new Error("it is there");
    save.mockResolvedValueOnce({
      form: connection.form,
      secrets: { password: "unknown", privateKey: "none" },
      notices: [fail("keyring", "the password may still be in the keyring")],
    });
    await user.type(await screen.findByRole("textbox", { name: "Name" }), "-2");
    await user.click(button("Save"));
    const form = within(screen.getByRole("form", { name: "Connection" }));
    expect(await form.findByText(/the password may still be in the keyring/iu)).toBeTruthy();
  });
});
