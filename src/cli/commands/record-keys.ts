// SPDX-License-Identifier: Apache-2.0
// `bailiwick record keys`: the public keys of this server's log and witness, as a file that a partner takes as it is.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { clientOf } from "../server.ts";
import { jsonText } from "../text.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const { witness } = clientOf(args, io);
  if (!args.switches.has("json")) {
    io.out(await witness.keys());
    return EXIT.done;
  }
  const { log, witness: desk } = await witness.status();
  const ours = desk === undefined ? {} : { witness: { url: desk.url, vkeys: desk.vkeys } };
  io.out(`${jsonText({ log: { origin: log.origin, vkeys: log.vkeys }, ...ours }, 2)}\n`);
  return EXIT.done;
}
