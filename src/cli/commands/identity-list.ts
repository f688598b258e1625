// SPDX-License-Identifier: Apache-2.0
// `bailiwick identity list`: who is here.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import { identityCells } from "../identity-row.ts";
import type { CliIo } from "../io.ts";
import { items } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const { identities, complete } = await clientOf(args, io).identities();
  items(args, io, identities, identityCells);
  if (!complete) io.err("there are more\n");
  return EXIT.done;
}
