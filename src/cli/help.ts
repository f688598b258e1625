// SPDX-License-Identifier: Apache-2.0
// Help pages, from the table: two examples first, and never more than a screen.
import { COMMON, type Command, type Option } from "./command.ts";
import { type CliIo, paint } from "./io.ts";
import { type Row, tableText } from "./table.ts";
import { wrap } from "./text.ts";

type Screen = Pick<CliIo, "color" | "columns">;

/** @param isFound - these were searched for: each has its line, however many they are */
export function overview(commands: readonly Command[], version: string, io: Screen, isFound = false): string {
  const first = commands.flatMap(({ examples }) => examples.slice(0, 1)).slice(0, 2);
  return [
    `bailiwick ${version}: keeps AI agents inside the area where they may act\n\n`,
    block(
      first.map(({ words, does }) => [`npx bailiwick ${words}`, does]),
      io,
    ),
    "\n",
    block(commands.length > GROUPED_FROM && !isFound ? grouped(commands) : commands.map(row), io),
    "\nbailiwick COMMAND --help for one of them · bailiwick help WORD searches\n",
  ].join("");
}

/** More commands than this are shown by their first word, so that they fit a screen. */
const GROUPED_FROM = 15;

function row({ name, summary }: Command): Row {
  return [{ text: name, style: "bold" }, summary];
}

/** A name of so many words would push everything beside it to the right. */
const LONG_NAME = 2;

/** One row for each first word: what it does, or, where several or longer names begin with it, what may follow. */
function grouped(commands: readonly Command[]): readonly Row[] {
  const groups = Map.groupBy(commands, ({ name }) => name.split(" ")[0] ?? name);
  return [...groups].map(([word, group]) => {
    const [only] = group;
    if (group.length === 1 && only !== undefined && only.name.split(" ").length < LONG_NAME) return row(only);
    const follows = group.map(({ name }) => name.slice(word.length + 1)).filter((rest) => rest !== "");
    // what follows these words in turn is on the page of the first one: here it would not fit a screen
    const next = new Set(follows.map((rest) => rest.split(" ")[0] ?? rest));
    return [{ text: word, style: "bold" }, [...next].join(" · ")];
  });
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
