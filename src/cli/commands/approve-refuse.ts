// SPDX-License-Identifier: Apache-2.0
// `bailiwick approve refuse <reference> --because ...`: a no needs no look at the call, but a reason for the record.
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { clientOf } from "../server.ts";
import { printable } from "../text.ts";
import { waitingFor } from "../waiting.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [key = ""] = args.words;
  const because = args.values.get("because");
  if (because === undefined || because.trim() === "") {
    throw misuse("CLI_OPTION_VALUE", "a no needs its reason", `write bailiwick approve refuse ${key} --because WHY`);
  }
  const client = clientOf(args, io);
  const { id, reference } = (await waitingFor(key, client)).approval;
  const state = await client.refuse(id, because);
  io.out(`${printable(reference)} is ${printable(state)}\n`);
  return EXIT.done;
}
