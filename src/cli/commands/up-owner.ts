// SPDX-License-Identifier: Apache-2.0
// `bailiwick up owner`: a way back in, for whoever can read the data folder of the server that runs. That it was made stands
// in the record.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const made = await clientOf(args, io).ownerLink(args.values.get("person"));
  answer(args, io, made, [
    ["owner", made.link],
    ["works", `once, until ${made.expires}`],
  ]);
  return EXIT.done;
}
