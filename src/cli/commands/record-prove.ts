// SPDX-License-Identifier: Apache-2.0
// `bailiwick record prove KEY`: one entry and its proof in one file, for whoever should check it without asking anybody.
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Args } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { clientOf, found } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [key = ""] = args.words;
  const text = await found(key, clientOf(args, io).record.proofText(key));
  const named = args.values.get("out");
  if (named === undefined || named === "-") {
    io.out(text);
    return EXIT.done;
  }
  write(path.resolve(io.cwd, named), named, text);
  io.err(`wrote ${named}\nnext  npx bailiwick verify ${named} --policy trust.policy\n`);
  return EXIT.done;
}

/** Never over a file that is there. */
function write(file: string, named: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (cause) {
    const fix = "name a file that is not there yet, in a folder that you may write to";
    throw new CliError("CLI_UNWRITABLE", `cannot write ${named}`, { fix, exit: EXIT.failed, cause });
  }
}
