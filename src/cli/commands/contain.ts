// SPDX-License-Identifier: Apache-2.0
// `bailiwick contain <scope>`: what stops others asks for the name of what is stopped (experience X17), and is done when every
// gate has acknowledged it.
import { randomUUID } from "node:crypto";
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { holds, reasonOf, tellOrder } from "../order-row.ts";
import { nameOf, readScope, type Scope } from "../scope.ts";
import { clientOf } from "../server.ts";
import { printable } from "../text.ts";

const EFFECTS = ["throttle", "challenge", "read-only", "isolate"];

export async function run(args: Args, io: CliIo): Promise<number> {
  const [word = ""] = args.words;
  const scope = readScope(word);
  const effect = args.values.get("effect") ?? "isolate";
  if (!EFFECTS.includes(effect))
    throw misuse("CLI_OPTION_VALUE", `there is no effect ${effect}`, `one of: ${EFFECTS.join(", ")}`);
  const because = reasonOf(args, `contain ${word}`);
  const client = clientOf(args, io);
  if (!(await isMeant(args, io, scope, effect))) {
    io.err("not confirmed: nothing was stopped\n");
    return EXIT.no;
  }
  const order = await client.contain({ effect, scope, because }, randomUUID());
  return tellOrder(args, io, order, holds(order));
}

/** @throws CliError CLI_YES_MISSING */
async function isMeant({ switches }: Args, io: CliIo, scope: Scope, effect: string): Promise<boolean> {
  if (switches.has("yes")) return true;
  if (io.ask === undefined || switches.has("no-input"))
    throw misuse("CLI_YES_MISSING", "nobody is here to be asked", "say --yes together with --because");
  const name = nameOf(scope);
  io.err(`${effect} on ${scope.kind} ${printable(scope.id)}: it stops for whoever depends on it\n`);
  return (await io.ask(`type ${printable(name)} to confirm: `)).trim() === name;
}
