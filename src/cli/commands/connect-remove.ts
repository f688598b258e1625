// SPDX-License-Identifier: Apache-2.0
// `bailiwick connect remove NAME`: takes a server from behind the gate. Whoever works through it is cut off, so its name is
// typed first (experience X17).
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { clientOf } from "../server.ts";
import { jsonText, printable } from "../text.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [id = ""] = args.words;
  const because = args.values.get("because") ?? `connect remove ${id}`;
  const client = clientOf(args, io);
  if (!(await isMeant(args, io, id))) {
    io.err("not confirmed: nothing was changed\n");
    return EXIT.no;
  }
  const reference = await client.servers.remove(id, because);
  if (args.switches.has("json")) io.out(`${jsonText({ id, reference }, 2)}\n`);
  else io.out(`${id} is gone · ${reference} · its manifest stays: npx bailiwick connect list\n`);
  return EXIT.done;
}

/** @throws CliError CLI_YES_MISSING */
async function isMeant({ switches, values }: Args, io: CliIo, id: string): Promise<boolean> {
  if (switches.has("yes") && values.has("because")) return true;
  if (io.ask === undefined || switches.has("no-input") || switches.has("yes"))
    throw misuse("CLI_YES_MISSING", "nobody is here to be asked", "say --yes together with --because");
  io.err(`whoever works through ${printable(id)} is cut off, and its tools are gone for everybody\n`);
  return (await io.ask(`type ${printable(id)} to confirm: `)).trim() === id;
}
