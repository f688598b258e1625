// SPDX-License-Identifier: Apache-2.0
// Changes how far a server is enforced, and says what is true afterwards.
import type { Args } from "./command.ts";
import { releaseText } from "./commands/policy-observe.ts";
import { EXIT } from "./exit.ts";
import type { CliIo } from "./io.ts";
import { reasonOf } from "./order-row.ts";
import { answer } from "./output.ts";
import { clientOf } from "./server.ts";

/** @param enforced - UNIT: percent of its tasks */
export async function changeRelease(args: Args, io: CliIo, enforced: number): Promise<number> {
  const [server = ""] = args.words;
  const because = reasonOf(args, `policy observe ${enforced === 0 ? "resume" : "enforce"} ${server}`);
  const changed = await clientOf(args, io).observe.enforce(server, enforced, because);
  answer(args, io, changed, [
    [server, `${releaseText(changed)}, ${changed.reference}`],
    ["next", `npx bailiwick policy observe --server ${server}`],
  ]);
  return EXIT.done;
}
