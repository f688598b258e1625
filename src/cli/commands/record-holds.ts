// SPDX-License-Identifier: Apache-2.0
// `bailiwick record holds`: what must not be erased.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { holdRow } from "../keep-row.ts";
import { items } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  items(args, io, await clientOf(args, io).keeping.holds(), holdRow);
  return EXIT.done;
}
