// SPDX-License-Identifier: Apache-2.0
// `bailiwick identity show ID`: one identity, its instances and its mandates.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import { identityRows, wholeId } from "../identity-row.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const found = await clientOf(args, io).identity(wholeId(args.words[0] ?? ""));
  answer(args, io, found, identityRows(found));
  return EXIT.done;
}
