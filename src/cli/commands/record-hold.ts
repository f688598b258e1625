// SPDX-License-Identifier: Apache-2.0
// `bailiwick record hold`: nothing in its scope is erased from here on.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { holdRow, shortKept } from "../keep-row.ts";
import { reasonOf } from "../order-row.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";

const SCOPE = ["person", "from", "to", "until"] as const;

export async function run(args: Args, io: CliIo): Promise<number> {
  const reason = reasonOf(args, "record hold");
  const scope = SCOPE.flatMap((name) => {
    const value = args.values.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const hold = await clientOf(args, io).keeping.hold({ ...Object.fromEntries(scope), reason });
  answer(args, io, hold, [
    holdRow(hold),
    ["next", `it binds until it is lifted: npx bailiwick record unhold ${shortKept(hold.id)} --because WHY`],
  ]);
  return EXIT.done;
}
