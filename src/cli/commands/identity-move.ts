// SPDX-License-Identifier: Apache-2.0
// `bailiwick identity suspend | resume | retire ID`: one move of a life. What is retired never comes back, so its name is
// typed first.
import type { Args, Run } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import { identityRows, wholeId } from "../identity-row.ts";
import type { CliIo } from "../io.ts";
import { reasonOf } from "../order-row.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";
import { printable } from "../text.ts";

type Move = "suspend" | "resume" | "retire";

export function moving(move: Move): { readonly run: Run } {
  return {
    async run(args, io) {
      const id = wholeId(args.words[0] ?? "");
      const because = reasonOf(args, `identity ${move} ${id}`);
      const client = clientOf(args, io);
      if (move === "retire" && !(await isMeant(args, io, id))) {
        io.err("not confirmed: nothing was retired\n");
        return EXIT.no;
      }
      // an instance is the fourth part of an id
      if (id.split("/").length > 5) return retireInstance(args, io, { id, because, move });
      const moved = await client.moveIdentity(id, move, because);
      answer(args, io, moved, identityRows(moved));
      return EXIT.done;
    },
  };
}

interface Meant {
  readonly id: string;
  readonly because: string;
  readonly move: Move;
}

/** @throws CliError CLI_ARGUMENTS */
async function retireInstance(args: Args, io: CliIo, { id, because, move }: Meant): Promise<number> {
  if (move !== "retire") throw misuse("CLI_ARGUMENTS", `an instance is retired, not ${move}ed`, "identity retire");
  const { status } = await clientOf(args, io).retireInstance(id, because);
  answer(args, io, { id, status }, [
    ["instance", id],
    ["state", status],
  ]);
  return EXIT.done;
}

/** @throws CliError CLI_YES_MISSING */
async function isMeant({ switches }: Args, io: CliIo, id: string): Promise<boolean> {
  if (switches.has("yes")) return true;
  if (io.ask === undefined || switches.has("no-input"))
    throw misuse("CLI_YES_MISSING", "nobody is here to be asked", "say --yes together with --because");
  const name = id.slice(id.lastIndexOf("/") + 1);
  io.err(`${printable(id)} ends for ever, with its tokens and mandates\n`);
  return (await io.ask(`type ${printable(name)} to confirm: `)).trim() === name;
}
