// SPDX-License-Identifier: Apache-2.0
// Help pages, from the table: two examples first, and never more than a screen.
import { COMMON, type Command, type Option } from "./command.ts";
import { type CliIo, paint } from "./io.ts";
import { type Row, tableText } from "./table.ts";
import { wrap } from "./text.ts";

type Screen = Pick<CliIo, "color" | "columns">;

export function overview(commands: readonly Command[], version: string, io: Screen): string {
  const first = commands.flatMap(({ examples }) => examples.slice(0, 1)).slice(0, 2);
  return [
    `bailiwick ${version}: keeps AI agents inside the area where they may act\n\n`,
    block(
      first.map(({ words, does }) => [`npx bailiwick ${words}`, does]),
      io,
    ),
    "\n",
    block(
      commands.map(({ name, summary }) => [{ text: name, style: "bold" }, summary]),
      io,
    ),
    "\nbailiwick COMMAND --help for one of them · bailiwick help WORD searches\n",
  ].join("");
}

export function page(command: Command, io: Screen): string {
  const { summary, examples, options, exits } = command;
  return [
    `${paint(io, "bold", usage(command))}\n`,
    `${wrap(summary, io.columns).join("\n")}\n\n`,
    block(
      examples.map(({ words, does }) => [`npx bailiwick ${words}`, does]),
      io,
    ),
    "\n",
    block(
      [...options, ...COMMON].map((option) => [spelled(option), option.summary]),
      io,
    ),
    exits === undefined ? "" : `\n${tableText([["exit code", exits]], io, "wrap")}`,
  ].join("");
}

/** `bailiwick policy check [DIR]`. */
export function usage({ name, takes }: Command): string {
  const words = takes.min === 0 && takes.words !== "" ? `[${takes.words}]` : takes.words;
  return `bailiwick ${name} ${words}`.trimEnd();
}

/** Commands whose name or summary has the word. */
export function search(commands: readonly Command[], word: string): readonly Command[] {
  return commands.filter(({ name, summary }) => `${name} ${summary}`.toLowerCase().includes(word.toLowerCase()));
}

export function spelled({ name, short, value }: Option): string {
  return `--${name}${value === undefined ? "" : ` ${value}`}${short === undefined ? "" : `, -${short}`}`;
}

function block(rows: readonly Row[], io: Screen): string {
  const text = tableText(rows, { ...io, columns: io.columns - 2 }, "wrap");
  return text.replace(/^(?=.)/gm, "  ");
}
