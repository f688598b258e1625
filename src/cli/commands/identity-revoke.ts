// SPDX-License-Identifier: Apache-2.0
// `bailiwick identity revoke JTI`: takes one token away.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { reasonOf } from "../order-row.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [jti = ""] = args.words;
  const gone = await clientOf(args, io).revoke(jti, reasonOf(args, `identity revoke ${jti}`));
  answer(args, io, gone, [
    ["revoked", gone.jti],
    ["of", gone.instance],
    ["verbs", gone.verbs.join(", ")],
  ]);
  return EXIT.done;
}
