// SPDX-License-Identifier: Apache-2.0
// `bailiwick connect manifest diff SERVER`: what its manifest says, against what is in force and what the server says now.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { manifestRows, stateLine } from "../manifest-rows.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";
import { printable } from "../text.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [server = ""] = args.words;
  const manifest = await clientOf(args, io).manifests.get(server);
  answer(args, io, manifest, manifestRows(manifest));
  io.err(`${printable(stateLine(manifest))}\n`);
  if (manifest.state === "new" || manifest.state === "changed")
    io.err(`next: npx bailiwick connect manifest approve ${server}\n`);
  return manifest.state === "approved" && manifest.strangers.length === 0 ? EXIT.done : EXIT.no;
}
