// SPDX-License-Identifier: Apache-2.0
// `bailiwick approve list`: the calls that wait for a person, oldest first.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer, items } from "../output.ts";
import { clientOf } from "../server.ts";
import { waitingCells } from "../waiting.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const list = await clientOf(args, io).approvals();
  if (args.switches.has("json")) answer(args, io, list, []);
  else items(args, io, list.approvals, waitingCells);
  if (list.approvals.length === 0) io.err("nothing waits for a person\n");
  return EXIT.done;
}
