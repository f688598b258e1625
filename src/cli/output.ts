// SPDX-License-Identifier: Apache-2.0
// One answer in the form that was asked for: rows for people, tabs or JSON for programs.
import type { Args } from "./command.ts";
import type { CliIo } from "./io.ts";
import { plainText, type Row, tableText } from "./table.ts";
import { jsonText } from "./text.ts";

/** Writes a document: `value` as JSON, or `rows` whose text goes on under itself. */
export function answer(args: Args, io: CliIo, value: unknown, rows: readonly Row[]): void {
  if (args.switches.has("json")) io.out(`${jsonText(value, 2)}\n`);
  else if (args.switches.has("plain")) io.out(plainText(rows));
  else io.out(tableText(rows, io, "wrap"));
}

/** Writes items of a list or stream, each on a line: one JSON object, or one row. */
export function items<T>(args: Args, io: CliIo, values: readonly T[], row: (value: T) => Row): void {
  if (args.switches.has("json")) io.out(values.map((value) => `${jsonText(value)}\n`).join(""));
  else if (args.switches.has("plain")) io.out(plainText(values.map(row)));
  else io.out(tableText(values.map(row), io, "cut"));
}
