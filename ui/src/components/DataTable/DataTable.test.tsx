import { act, fireEvent, screen, within } from "@testing-library/react";
import { useState, type ReactNode } from "react";
import { describe, expect, test, vi } from "vitest";

import { preferences } from "@/preferences";
import { renderPart } from "@/testing/render";

import { DataTable, nothing, rowsOf, type Column, type Selection } from "./DataTable";

interface Row {
  readonly name: string;
  readonly size: number;
}

const columns: readonly Column<Row>[] = [
  { id: "name", header: "Name", width: 200, grow: true, cell: (row) => row.name },
  { id: "size", header: "Size", width: 80, align: "end", cell: (row) => row.size },
];

interface Probe {
  onWindow?: (from: number, count: number) => void;
  onInspect?: (row: number) => void;
  onSelection?: (rows: readonly number[]) => void;
  onKey?: (key: string) => boolean;
}

function Table({ count, probe }: { count: number; probe: Probe }): ReactNode {
  const [active, setActive] = useState<number | null>(null);
  const [selection, setSelection] = useState<Selection>(nothing);
  return (
    <DataTable
      id="test"
      label="Things"
      columns={columns}
      count={count}
      rowAt={(index) => ({ name: `thing ${index}`, size: index })}
      {...(probe.onWindow === undefined ? {} : { onWindow: probe.onWindow })}
      {...(probe.onInspect === undefined ? {} : { onInspect: probe.onInspect })}
      {...(probe.onKey === undefined ? {} : { onKey: probe.onKey })}
      active={active}
      onActive={setActive}
      selection={selection}
      onSelection={(next) => {
        setSelection(next);
        probe.onSelection?.(rowsOf(next));
      }}
      empty={<p>Nothing here</p>}
    />
  );
}

/** A page that clears the selection by itself. */
function Clearable({ onSelection }: { onSelection: (rows: readonly number[]) => void }): ReactNode {
  const [active, setActive] = useState<number | null>(null);
  const [selection, setSelection] = useState<Selection>(nothing);
  return (
    <>
      <button type="button" onClick={() => setSelection(nothing)}>
        Clear
      </button>
      <DataTable
        id="test"
        label="Things"
        columns={columns}
        count={10}
        rowAt={(index) => ({ name: `thing ${index}`, size: index })}
        active={active}
        onActive={setActive}
        selection={selection}
        onSelection={(next) => {
          setSelection(next);
          onSelection(rowsOf(next));
        }}
      />
    </>
  );
}

/** The text of the row with the cursor. */
function cursor(): string | null {
  const grid = screen.getByRole("grid");
  const id = grid.getAttribute("aria-activedescendant");
  return id === null ? null : (document.getElementById(id)?.textContent ?? null);
}

const focusGrid = (): void => act(() => screen.getByRole("grid", { name: "Things" }).focus());

describe("keyboard", () => {
  test("arrows, j and k, Home, End and pages move the cursor and stop at the ends", async () => {
    const { user } = renderPart(<Table count={1000} probe={{}} />);
    focusGrid();
    expect(cursor()).toContain("thing 0");
    await user.keyboard("jj{ArrowDown}");
    expect(cursor()).toContain("thing 3");
    await user.keyboard("k{ArrowUp}");
    expect(cursor()).toContain("thing 1");
    await user.keyboard("{Home}k");
    expect(cursor()).toContain("thing 0");
    await user.keyboard("{PageDown}");
    // 280 px are 10 rows; a page leaves one of them in view.
    expect(cursor()).toContain("thing 9");
    await user.keyboard("{End}{ArrowDown}");
    expect(cursor()).toContain("thing 999");
  });

  test("Enter inspects the row with the cursor", async () => {
    const onInspect = vi.fn();
    const { user } = renderPart(<Table count={10} probe={{ onInspect }} />);
    focusGrid();
    await user.keyboard("jj{Enter}");
    expect(onInspect).toHaveBeenCalledExactlyOnceWith(2);
  });

  test("Space selects, Shift extends from there, and Ctrl A takes all", async () => {
    const onSelection = vi.fn();
    const { user } = renderPart(<Table count={10} probe={{ onSelection }} />);
    focusGrid();
    await user.keyboard("j ");
    expect(onSelection).toHaveBeenLastCalledWith([1]);
    await user.keyboard("{Shift>}{ArrowDown}{ArrowDown}{/Shift}");
    expect(onSelection).toHaveBeenLastCalledWith([1, 2, 3]);
    await user.keyboard("{Shift>}{ArrowUp}{/Shift}");
    expect(onSelection).toHaveBeenLastCalledWith([1, 2]);
    await user.keyboard("{Control>}a{/Control}");
    expect(onSelection).toHaveBeenLastCalledWith([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await user.keyboard(" ");
    expect(onSelection.mock.lastCall?.[0]).toHaveLength(9);
  });

  test("Shift extends what is selected now, not what was before someone cleared it", async () => {
    const onSelection = vi.fn();
    const { user } = renderPart(<Clearable onSelection={onSelection} />);
    focusGrid();
    await user.keyboard("j{Control>}a{/Control}");
    expect(onSelection.mock.lastCall?.[0]).toHaveLength(10);
    await user.click(screen.getByRole("button", { name: "Clear" }));
    focusGrid();
    await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
    expect(onSelection).toHaveBeenLastCalledWith([1, 2]);
    await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
    expect(onSelection).toHaveBeenLastCalledWith([1, 2, 3]);
  });

  test("a key of the page is handed on with nothing else done", async () => {
    const onKey = vi.fn(() => true);
    const { user } = renderPart(<Table count={10} probe={{ onKey }} />);
    focusGrid();
    await user.keyboard("r");
    expect(onKey).toHaveBeenCalledExactlyOnceWith("r", 0);
  });
});

describe("pointer", () => {
  test("a click inspects, a box selects, Shift takes all between", async () => {
    const onInspect = vi.fn();
    const onSelection = vi.fn();
    const { user } = renderPart(<Table count={10} probe={{ onInspect, onSelection }} />);
    await user.click(screen.getByText("thing 4"));
    expect(onInspect).toHaveBeenCalledExactlyOnceWith(4);
    await user.click(screen.getByRole("checkbox", { name: "Select row 3" }));
    expect(onSelection).toHaveBeenLastCalledWith([2]);
    await user.keyboard("{Shift>}");
    await user.click(screen.getByRole("checkbox", { name: "Select row 6" }));
    await user.keyboard("{/Shift}");
    expect(onSelection).toHaveBeenLastCalledWith([2, 3, 4, 5]);
    expect(onInspect).toHaveBeenCalledTimes(1);
    await user.click(screen.getByRole("checkbox", { name: "Select all rows" }));
    expect(onSelection.mock.lastCall?.[0]).toHaveLength(10);
  });
});

describe("window", () => {
  test("only the rows in view exist, and the window that is wanted is told", async () => {
    const onWindow = vi.fn();
    const { user } = renderPart(<Table count={1_000_000} probe={{ onWindow }} />);
    expect(onWindow).toHaveBeenCalledExactlyOnceWith(0, 18);
    expect(screen.getAllByRole("row").length).toBeLessThan(40);
    focusGrid();
    await user.keyboard("{End}");
    expect(onWindow.mock.lastCall?.[0]).toBeGreaterThan(999_950);
    expect(cursor()).toContain("thing 999999");
    expect(screen.getAllByRole("row").length).toBeLessThan(60);
  });

  test("ten million rows scroll to any of them, a notch at a time", async () => {
    const { user } = renderPart(<Table count={10_000_000} probe={{}} />);
    focusGrid();
    const grid = screen.getByRole("grid");
    const body = within(grid).getByRole("rowgroup");
    expect(Number.parseInt(body.style.height, 10)).toBeLessThan(33_554_428);
    await user.keyboard("{End}");
    expect(cursor()).toContain("thing 9999999");
    await user.keyboard("{Home}");
    fireEvent.wheel(grid, { deltaY: 28 * 3 });
    expect(screen.queryByText("thing 3")).not.toBeNull();
    expect(screen.queryByText("thing 40")).toBeNull();
  });

  test("says how many rows there are to a screen reader", () => {
    renderPart(<Table count={412} probe={{}} />);
    expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("413");
    expect(screen.getByText("thing 0").closest("[role=row]")?.getAttribute("aria-rowindex")).toBe(
      "2",
    );
  });

  test("an empty list shows what it is given for that", () => {
    renderPart(<Table count={0} probe={{}} />);
    expect(screen.getByText("Nothing here")).toBeDefined();
  });
});

describe("columns", () => {
  test("a column is resized by keys and stays so", async () => {
    const { user, unmount } = renderPart(<Table count={3} probe={{}} />);
    act(() => screen.getByRole("separator", { name: "Resize the column Size" }).focus());
    await user.keyboard("{ArrowRight}{ArrowRight}{ArrowLeft}{ArrowRight}");
    expect(preferences().columns["test"]).toStrictEqual({ size: 96 });
    unmount();
    renderPart(<Table count={3} probe={{}} />);
    expect(screen.getByRole("columnheader", { name: /Size/ }).style.width).toBe("96px");
  });
});
