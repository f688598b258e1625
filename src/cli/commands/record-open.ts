// SPDX-License-Identifier: Apache-2.0
// `bailiwick record open KEY`: the openings of one entry, as `verify --openings` reads them.
import path from "node:path";
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { readFileBytes } from "../log-folder.ts";
import { clientOf, found } from "../server.ts";
import { jsonText } from "../text.ts";

const FIELDS = ["args", "result"] as const;

export async function run(args: Args, io: CliIo): Promise<number> {
  const [key = ""] = args.words;
  const contents = FIELDS.flatMap((field) => {
    const file = args.values.get(field);
    if (file === undefined) return [];
    return [[field, Buffer.from(readFileBytes(path.resolve(io.cwd, file))).toString("utf8")] as const];
  });
  const asked = { contents: Object.fromEntries(contents), because: args.values.get("because") };
  const opened = await found(key, clientOf(args, io).keeping.open(key, asked));
  io.out(`${jsonText(opened, 2)}\n`);
  return EXIT.done;
}
