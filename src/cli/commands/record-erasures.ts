// SPDX-License-Identifier: Apache-2.0
// `bailiwick record erasures`: who is to be erased, and who was.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { erasureRow } from "../keep-row.ts";
import { items } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  items(args, io, await clientOf(args, io).keeping.erasures(), erasureRow);
  return EXIT.done;
}
