// SPDX-License-Identifier: Apache-2.0
// `bailiwick record erase PERSON`: asks; a second person agrees at the console.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { erasureRow } from "../keep-row.ts";
import { reasonOf } from "../order-row.ts";
import { answer } from "../output.ts";
import { addressOf, clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [person = ""] = args.words;
  const because = reasonOf(args, `record erase ${person}`);
  const erasure = await clientOf(args, io).keeping.erase(person, because);
  answer(args, io, erasure, [erasureRow(erasure), ["sign", `another person, at ${addressOf(args, io)}/people`]]);
  return EXIT.done;
}
