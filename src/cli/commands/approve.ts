// SPDX-License-Identifier: Apache-2.0
// `bailiwick approve <reference>`: shows exactly what is agreed to, then sends the digest of what was shown, so that the
// server refuses where something else waits by then. Outside the demo a passkey signs, so it says on which page.
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { addressOf, clientOf } from "../server.ts";
import { tableText } from "../table.ts";
import { printable } from "../text.ts";
import { type Waiting, waitingFor, waitingRows } from "../waiting.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [key = ""] = args.words;
  const client = clientOf(args, io);
  const waiting = await waitingFor(key, client);
  if (waiting.signer === "passkey" || args.switches.has("print")) return showPage(waiting, args, io);
  io.out(tableText(waitingRows(waiting), io, "wrap"));
  if (!(await agrees(args, io))) {
    io.err("not agreed: it waits on\n");
    return EXIT.no;
  }
  const { id, digest, reference } = waiting.approval;
  const state = await client.approve(id, digest);
  io.out(`${printable(reference)} is ${printable(state)}\n`);
  return EXIT.done;
}

/** A passkey signs in a browser alone: this says where. */
function showPage(waiting: Waiting, args: Args, io: CliIo): number {
  if (!args.switches.has("print")) io.err("a person signs this with a passkey, on this page:\n");
  io.out(`${addressOf(args, io)}/approve/${waiting.approval.id}\n`);
  return EXIT.done;
}

/** @throws CliError CLI_YES_MISSING */
async function agrees({ switches }: Args, io: CliIo): Promise<boolean> {
  if (switches.has("yes")) return true;
  if (io.ask === undefined || switches.has("no-input")) {
    throw misuse("CLI_YES_MISSING", "nobody is here to be asked", "read what is above, and say --yes to agree to it");
  }
  return (await io.ask("type yes to agree: ")).trim() === "yes";
}
