// SPDX-License-Identifier: Apache-2.0
// `bailiwick record witness clear FORK`: one of the two people who say that a log which lied may be cosigned again.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { reasonOf } from "../order-row.ts";
import { clientOf } from "../server.ts";
import { jsonText } from "../text.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [fork = ""] = args.words;
  const because = reasonOf(args, `record witness clear ${fork}`);
  const people = await clientOf(args, io).witness.clear(fork, because);
  if (args.switches.has("json")) io.out(`${jsonText({ fork, people }, 2)}\n`);
  else io.out(people < 2 ? "noted: another person must say so too\n" : "the log is cosigned again\n");
  return people < 2 ? EXIT.no : EXIT.done;
}
