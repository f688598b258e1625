// SPDX-License-Identifier: Apache-2.0
// Rows in columns. Ids are never cut. The last column is text: in a list it is cut to the line, in a document it goes on
// under itself; where the terminal is too narrow it gets lines of its own. Plain rows are whole, one tab between cells.
import { type CliIo, paint, type Style } from "./io.ts";
import { cut, printable, width, wrap } from "./text.ts";

export interface Cell {
  readonly text: string;
  /** What a program gets, where a person gets something shorter. */
  readonly plain?: string;
  readonly style?: Style;
  /** UNIT: characters. Least width of its column, so that rows which come one by one stay in line. */
  readonly min?: number;
}
/** A cell, or its text alone. */
export type Row = readonly (Cell | string)[];

/** What the text column does at the end of a line. */
export type Overflow = "cut" | "wrap";

type Screen = Pick<CliIo, "color" | "columns">;

const GAP = "  ";
const INDENT = "  ";
/** UNIT: characters. With less room than this, the text column begins on the next line. */
const ROOM_MIN = 16;

export function tableText(rows: readonly Row[], screen: Screen, overflow: Overflow): string {
  const cells = rows.map((row) => row.map(toCell));
  const count = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) => columnWidth(cells, i));
  return cells.map((row) => rowText(row, widths, screen, overflow)).join("");
}

function columnWidth(rows: readonly (readonly Cell[])[], column: number): number {
  return Math.max(...rows.map((row) => Math.max(row[column]?.min ?? 0, width(row[column]?.text ?? ""))));
}

function rowText(row: readonly Cell[], widths: readonly number[], screen: Screen, overflow: Overflow): string {
  const ids = row.slice(0, -1);
  const last = row.at(-1) ?? { text: "" };
  const begin = ids.map(
    (cell, i) => `${painted(cell, screen)}${" ".repeat((widths[i] ?? 0) - width(cell.text))}${GAP}`,
  );
  const used = ids.reduce((sum, _, i) => sum + (widths[i] ?? 0) + GAP.length, 0);
  const beside = screen.columns - used >= Math.min(ROOM_MIN, width(last.text));
  const indent = beside ? " ".repeat(used) : INDENT;
  const room = screen.columns - indent.length;
  const lines = (overflow === "wrap" ? wrap(last.text, room) : [cut(last.text, room)]).map((text) =>
    painted({ ...last, text }, screen),
  );
  const text = lines.join(`\n${indent}`);
  const joined = beside ? `${begin.join("")}${text}` : `${begin.join("").trimEnd()}\n${indent}${text}`;
  return `${joined.trimEnd()}\n`;
}

function painted({ text, style }: Cell, screen: Screen): string {
  return paint(screen, style, text);
}

export function plainText(rows: readonly Row[]): string {
  return rows.map((row) => `${row.map((cell) => plainCell(toCell(cell))).join("\t")}\n`).join("");
}

function plainCell({ text, plain }: Cell): string {
  return plain === undefined ? text : printable(plain);
}

function toCell(cell: Cell | string): Cell {
  return typeof cell === "string" ? { text: printable(cell) } : { ...cell, text: printable(cell.text) };
}
