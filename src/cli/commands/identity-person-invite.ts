// SPDX-License-Identifier: Apache-2.0
// `bailiwick identity person invite`: a link that works once, for somebody who is to sign in here.
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [roles, person, because] = ["roles", "person", "because"].map((name) => args.values.get(name));
  if (because === undefined || (roles === undefined && person === undefined))
    throw misuse(
      "CLI_OPTION_VALUE",
      "an invitation says for what",
      "add --roles LIST (or --person NAME) and --because WHY",
    );
  const wish = { roles: roles === undefined ? [] : roles.split(","), because };
  const made = await clientOf(args, io).invite(person === undefined ? wish : { ...wish, person });
  answer(args, io, made, [
    ["link", made.link],
    ["works", `once, until ${made.expires}`],
  ]);
  return EXIT.done;
}
