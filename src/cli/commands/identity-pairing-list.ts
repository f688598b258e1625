// SPDX-License-Identifier: Apache-2.0
// `bailiwick identity pairing list`: programs that wait for a person.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import { pairingCells } from "../identity-row.ts";
import type { CliIo } from "../io.ts";
import { items } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const pairings = await clientOf(args, io).pairings();
  items(args, io, pairings, pairingCells);
  if (pairings.length === 0) io.err("no program waits\n");
  return EXIT.done;
}
