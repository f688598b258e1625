// SPDX-License-Identifier: Apache-2.0
// `bailiwick connect add NAME -- PROGRAM...`, or with `--url`: puts an MCP server behind the gate. The running server asks it for its tools,
// drafts its manifest and serves it at once; where none runs, the files are written, and that is said.
import path from "node:path";
import type { AddedView, ServerWish } from "../../sdk/index.ts";
import { clientEntry, clientFile } from "../client-entry.ts";
import { type ClientPlan, planClient, writeClient } from "../client-file.ts";
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
  const file = args.values.get("client");
  // read first: what cannot be told to the client is known before anything is added
  const plan = file === undefined ? undefined : planClient(path.resolve(io.cwd, file), id);
  io.err(`asking ${printable(url ?? command[0] ?? "")} for its tools\n`);
  if (args.switches.has("dry-run")) return preview(args, io, wish, plan);
  const client = running(args, io);
  const added = client === undefined ? await addOffline(wish, io) : await client.servers.add(wish);
  if (plan !== undefined) writeClient(plan, id, entryOf(added));
  tell(args, io, added, plan);
  return EXIT.done;
}

function entryOf({ id, url }: Pick<Added, "id" | "url">): object {
  return clientEntry(id, url === undefined ? undefined : new URL(url).origin);
}

/** What would be written, and where. Its program is asked, as it would be; nothing else is done. */
async function preview(args: Args, io: CliIo, wish: ServerWish, plan: ClientPlan | undefined): Promise<number> {
  const { previewServer } = await import("../../server/index.ts");
  const seen = await previewServer({ ...wish, tell: io.err });
  const client = plan === undefined ? undefined : { file: plan.file, entry: entryOf(seen) };
  if (args.switches.has("json")) {
    io.out(`${jsonText({ ...seen, ...(client === undefined ? {} : { client }), written: false }, 2)}\n`);
    return EXIT.done;
  }
  io.out(`# bailiwick.yaml\n${printableLines(seen.member)}`);
  io.out(
    `# ${seen.kept ? `${seen.manifest} is there and stays as it is` : `${seen.manifest}\n${printableLines(seen.text)}`}\n`,
  );
  if (client !== undefined) io.out(`# ${printable(client.file)}\n${jsonText(client.entry, 2)}\n`);
  io.err(`${seen.tools} tools: ${seen.view} view, ${seen.execute} execute · nothing was written\n`);
  for (const name of seen.unnamed) io.err(`left out, because a manifest cannot name it: ${printable(name)}\n`);
  return EXIT.done;
}

function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
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

function tell(args: Args, io: CliIo, added: Added, plan: ClientPlan | undefined): void {
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
  if (plan === undefined) io.out(`${jsonLine(file)}\n`);
  else io.err(`written: ${printable(plan.file)}, under mcpServers.${id} · start the client again\n`);
  return undefined;
}

/** On one line, with a space after each comma and colon, as a person would write it. */
function jsonLine(value: unknown): string {
  return jsonText(value, 1)
    .replaceAll(/\n\s*/g, " ")
    .replaceAll(/([[{]) /g, "$1")
    .replaceAll(/ ([\]}])/g, "$1");
}
