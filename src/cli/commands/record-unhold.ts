// SPDX-License-Identifier: Apache-2.0
// `bailiwick record unhold HOLD`: asks; a second person agrees at the console.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { holdRow, keptNamed } from "../keep-row.ts";
import { reasonOf } from "../order-row.ts";
import { answer } from "../output.ts";
import { addressOf, clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [name = ""] = args.words;
  const because = reasonOf(args, `record unhold ${name}`);
  const { keeping } = clientOf(args, io);
  const hold = await keeping.askLift(keptNamed(await keeping.holds(), name), because);
  answer(args, io, hold, [holdRow(hold), ["sign", `another person, at ${addressOf(args, io)}/people`]]);
  return EXIT.done;
}
