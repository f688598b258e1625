// SPDX-License-Identifier: Apache-2.0
// The shape of a command, and how its words are read: one parser for all, so that every command refuses alike.
import { parseArgs } from "node:util";
import { misuse } from "./errors.ts";
import type { CliIo } from "./io.ts";
import { nearest } from "./suggest.ts";

export interface Option {
  readonly name: string;
  readonly short?: string;
  /** What its value is called in the help; left out for a switch. */
  readonly value?: string;
  readonly summary: string;
}

export interface Example {
  readonly words: string;
  readonly does: string;
}

export interface Command {
  /** One word to three: `up`, `policy check`, `prove regime list`. */
  readonly name: string;
  readonly summary: string;
  /** What follows the name: how many words at least and at most, and what they are called. */
  readonly takes: { readonly words: string; readonly min: number; readonly max: number };
  readonly examples: readonly [Example, Example];
  readonly options: readonly Option[];
  /** Exit codes that mean something of their own here. */
  readonly exits?: string;
  /** Loads what the command needs, and nothing before it is asked for. */
  readonly load: () => Promise<{ readonly run: Run }>;
}

/** @returns the exit code */
export type Run = (args: Args, io: CliIo) => Promise<number>;

export interface Args {
  readonly switches: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

/** Every command has these. */
export const COMMON: readonly Option[] = [
  { name: "help", short: "h", summary: "this page" },
  { name: "color", summary: "colour, also where the output is no terminal" },
  { name: "verbose", summary: "where a fault came from" },
];

/** @throws CliError CLI_OPTION_UNKNOWN, CLI_OPTION_VALUE, CLI_ARGUMENTS */
export function parseWords(command: Command, argv: readonly string[]): Args {
  const options = [...command.options, ...COMMON];
  const shapes = options.map(({ name, short, value }) => {
    return [
      name,
      { type: value === undefined ? "boolean" : "string", ...(short === undefined ? {} : { short }) },
    ] as const;
  });
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(shapes),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const switches = new Set<string>();
  const values = new Map<string, string>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const option = options.find(({ name }) => name === token.name);
    if (option === undefined) throw unknownOption(command, token.rawName, options);
    const value = valueOf(command, option, token);
    if (value === undefined) switches.add(option.name);
    else values.set(option.name, value);
  }
  if (!switches.has("help")) checkCount(command, words);
  return { switches, values, words };
}

interface Given {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function valueOf(command: Command, option: Option, { rawName, value, inlineValue }: Given): string | undefined {
  if (option.value === undefined) {
    if (value === undefined) return undefined;
    throw misuse("CLI_OPTION_VALUE", `${rawName} takes no value`, `write ${rawName} alone`);
  }
  // `--data --json` means a forgotten value far more often than a folder of that name
  if (value === undefined || value === "" || (inlineValue !== true && value.length > 1 && value.startsWith("-"))) {
    const example = `bailiwick ${command.name} --${option.name}=${option.value}`;
    throw misuse("CLI_OPTION_VALUE", `${rawName} needs a value: ${option.value}`, `write ${example}`);
  }
  return value;
}

function unknownOption(command: Command, raw: string, options: readonly Option[]): Error {
  const near = nearest(
    raw.replace(/^-+/, ""),
    options.map(({ name }) => name),
  );
  const help = `see bailiwick ${command.name} --help`;
  const fix = near === undefined ? help : `did you mean --${near}? ${help}`;
  return misuse("CLI_OPTION_UNKNOWN", `${command.name} has no option ${raw}`, fix);
}

function checkCount({ name, takes, examples }: Command, words: readonly string[]): void {
  const [few, many] = [words.length < takes.min, words.length > takes.max];
  if (!few && !many) return;
  const why = few ? `${name} needs ${takes.words}` : `${name} does not take ${words.slice(takes.max).join(" ")}`;
  throw misuse("CLI_ARGUMENTS", why, `for example: bailiwick ${examples[0].words}`);
}
