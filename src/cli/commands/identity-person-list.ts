// SPDX-License-Identifier: Apache-2.0
// `bailiwick identity person list`: who may sign in, and as what.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer, items } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const people = await clientOf(args, io).people();
  if (args.switches.has("json")) answer(args, io, { people }, []);
  else
    items(args, io, people, ({ id, name, roles, passkeys, status }) => [
      name === "" ? id : name,
      status,
      roles.length === 0 ? "no role" : roles.join(","),
      `${passkeys} passkeys`,
    ]);
  return EXIT.done;
}
