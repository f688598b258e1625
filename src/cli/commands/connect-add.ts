// SPDX-License-Identifier: Apache-2.0
// `bailiwick connect add NAME -- PROGRAM...`, or with `--url`: puts an MCP server behind the gate. The running server asks it for its tools,
// drafts its manifest and serves it at once; where none runs, the files are written, and that is said.
import type { AddedView, ServerWish } from "../../sdk/index.ts";
import { clientFile } from "../client-entry.ts";
import type { Args } from "../command.ts";
import { CliError, misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { clientOf } from "../server.ts";
import { jsonText, printable } from "../text.ts";

type Added = Omit<AddedView, "url" | "reference"> & Partial<Pick<AddedView, "url" | "reference">>;

export async function run(args: Args, io: CliIo): Promise<number> {
  const [id = "", ...command] = args.words;
  const url = args.values.get("url");
  if ((url === undefined) === (command.length === 0))
    throw misuse("CLI_ARGUMENTS", "it needs a program or --url, and not both", "see bailiwick connect add --help");
  const to = url === undefined ? { command } : { url, isPrivate: args.switches.has("private") };
  const wish = wishOf(args, { id, cwd: io.cwd, ...to });
  io.err(`asking ${printable(url ?? command[0] ?? "")} for its tools\n`);
  const client = running(args, io);
  const added = client === undefined ? await addOffline(wish, io) : await client.servers.add(wish);
  tell(args, io, added);
  return EXIT.done;
}

function wishOf({ values }: Args, wish: ServerWish): ServerWish {
  const said = ["operator", "jurisdiction", "destination", "folder"].flatMap((name) => {
    const value = values.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...wish, ...Object.fromEntries(said) };
}

/** A client of the server that runs here, or nothing where none does. */
function running(args: Args, io: CliIo): ReturnType<typeof clientOf> | undefined {
  try {
    return clientOf(args, io);
  } catch (cause) {
    const isNone = cause instanceof CliError && cause.code === "CLI_NOT_RUNNING" && !args.values.has("data");
    if (isNone) return undefined;
    throw cause;
  }
}

async function addOffline(wish: ServerWish, io: CliIo): Promise<Added> {
  const { addToFiles } = await import("../../server/index.ts");
  return addToFiles({ ...wish, tell: io.err });
}

function tell(args: Args, io: CliIo, added: Added): void {
  const file = clientFile(added.id);
  if (args.switches.has("json")) return io.out(`${jsonText({ ...added, client: file }, 2)}\n`);
  const { id, tools, view, execute, unnamed, kept, manifest, url } = added;
  const pinned = url === undefined ? `${tools} tools` : `${tools} tools pinned`;
  const drafted = kept
    ? `${manifest} was there and stays as it is`
    : `manifest drafted: ${view} view, ${execute} execute`;
  io.err(`${pinned} · ${drafted} · review: npx bailiwick connect manifest diff ${id}\n`);
  for (const name of unnamed) io.err(`left out, because a manifest cannot name it: ${printable(name)}\n`);
  if (url === undefined) io.err("no server runs here: it is written down, and served from the next npx bailiwick up\n");
  io.out(`${jsonLine(file)}\n`);
  return undefined;
}

/** On one line, with a space after each comma and colon, as a person would write it. */
function jsonLine(value: unknown): string {
  return jsonText(value, 1)
    .replaceAll(/\n\s*/g, " ")
    .replaceAll(/([[{]) /g, "$1")
    .replaceAll(/ ([\]}])/g, "$1");
}
