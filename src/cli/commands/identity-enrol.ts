// SPDX-License-Identifier: Apache-2.0
// `bailiwick identity enrol ID`: a ticket for one more instance. It is a secret, so it alone goes to stdout.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import { wholeId } from "../identity-row.ts";
import type { CliIo } from "../io.ts";
import { reasonOf } from "../order-row.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const id = wholeId(args.words[0] ?? "");
  const { ticket, expires } = await clientOf(args, io).ticket(id, reasonOf(args, `identity enrol ${id}`));
  io.out(`${ticket}\n`);
  io.err(`good for one key until ${expires}: npx bailiwick connect SERVER --ticket FILE\n`);
  return EXIT.done;
}
