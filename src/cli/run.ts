// SPDX-License-Identifier: Apache-2.0
// From words to an exit code: finds the command, reads its options, runs it, and says what went wrong.
import { type Args, type Command, parseWords } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { misuse } from "./errors.ts";
import { EXIT } from "./exit.ts";
import type { CliIo } from "./io.ts";
import { laterOf } from "./later.ts";
import { nearest } from "./suggest.ts";
import { VERSION } from "./version.ts";

/** Never throws. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    const { reportFault } = await import("./report.ts");
    return reportFault(error, io, { json: argv.includes("--json"), verbose: argv.includes("--verbose") });
  }
}

async function dispatch(argv: readonly string[], io: CliIo): Promise<number> {
  const [first] = argv;
  if (first === "--version") return print(io, `${VERSION}\n`);
  if (first === "--help" || first === "-h" || first === "help") return help(argv.slice(1), io);
  const { command, rest } = find(argv);
  const args = parseWords(command, rest);
  const screen = { ...io, color: colored(args, io) };
  if (args.switches.has("help")) return help([command.name], screen);
  if (args.switches.has("json") && args.switches.has("plain")) {
    throw misuse("CLI_OPTION_VALUE", "--json and --plain are two answers to one question", "choose one of them");
  }
  const { run } = await command.load();
  return run(args, screen);
}

function colored({ switches }: Args, io: CliIo): boolean {
  if (switches.has("plain") || switches.has("json")) return false;
  return io.color || switches.has("color");
}

/** No command means `status`. */
function find(argv: readonly string[]): { readonly command: Command; readonly rest: readonly string[] } {
  const dash = argv.findIndex((word) => word.startsWith("-"));
  const words = dash < 0 ? argv : argv.slice(0, dash);
  if (words.length === 0) return { command: named("status"), rest: argv };
  for (const length of [WORDS_MAX, 2, 1]) {
    const name = words.slice(0, length).join(" ");
    const command = words.length < length ? undefined : COMMANDS.find((known) => known.name === name);
    if (command !== undefined && laterOf(words) === undefined) return { command, rest: argv.slice(length) };
  }
  throw unknown(words);
}

function named(name: string): Command {
  const command = COMMANDS.find((known) => known.name === name);
  if (command === undefined) throw new Error(`the table of commands has no ${name}`);
  return command;
}

function unknown(words: readonly string[]): Error {
  const planned = laterOf(words);
  if (planned !== undefined) {
    return misuse("CLI_COMMAND_NOT_YET", `${planned} is not in this version`, "see what is: bailiwick --help");
  }
  const [word = ""] = words;
  const rests = COMMANDS.map(({ name }) => name.split(" "))
    .filter(([group, ...rest]) => group === word && rest.length > 0)
    .map(([, ...rest]) => rest.join(" "));
  if (rests.length > 0) return unknownRest(words, rests);
  const near = nearest(
    word,
    COMMANDS.flatMap(({ name }) => [name, name.split(" ")[0] ?? ""]),
  );
  const fix = near === undefined ? "see what there is: bailiwick --help" : `did you mean ${near}?`;
  return misuse("CLI_COMMAND_UNKNOWN", `no command ${word}`, fix);
}

/** The first word is that of commands, and what follows it is that of none. */
function unknownRest([word = "", ...given]: readonly string[], known: readonly string[]): Error {
  const begun = known.filter((rest) => rest.startsWith([...given, ""].join(" ")));
  const few = begun.length > 0;
  const asked = [word, ...given.slice(0, Math.max(...known.map((rest) => rest.split(" ").length)))].join(" ");
  const near = nearest(asked.slice(word.length + 1), known);
  const fix =
    near === undefined || few ? `one of: ${(few ? begun : known).join(", ")}` : `did you mean ${word} ${near}?`;
  return misuse("CLI_COMMAND_UNKNOWN", few ? `${asked} needs one more word` : `no command ${asked}`, fix);
}

/** UNIT: words. The longest names are `prove regime list` and its like. */
const WORDS_MAX = 3;

async function help(words: readonly string[], io: CliIo): Promise<number> {
  const { overview, page, search } = await import("./help.ts");
  const name = words.filter((word) => !word.startsWith("-")).join(" ");
  if (name === "") return print(io, overview(COMMANDS, VERSION, io));
  const found = COMMANDS.find((command) => command.name === name);
  if (found !== undefined) return print(io, page(found, io));
  const hits = search(COMMANDS, name);
  if (hits.length === 0)
    throw misuse("CLI_COMMAND_UNKNOWN", `no help for ${name}`, "see what there is: bailiwick --help");
  return print(io, overview(hits, VERSION, io, true));
}

function print(io: CliIo, text: string): number {
  io.out(text);
  return EXIT.done;
}
