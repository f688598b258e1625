// SPDX-License-Identifier: Apache-2.0
// `bailiwick share preview INC-1`: what a partner would be told, and what is left out. Nothing is sent.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import { foundIncident } from "../incident.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";
import { printable } from "../text.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [name = ""] = args.words;
  const preview = await foundIncident(name, clientOf(args, io).sharePreview(name));
  if (args.switches.has("json")) answer(args, io, preview, []);
  else io.out(preview.lines.map((line) => `${printable(line)}\n`).join(""));
  return preview.blocked.length === 0 ? EXIT.done : EXIT.no;
}
