// SPDX-License-Identifier: Apache-2.0
// `bailiwick record show <key>`: every entry that an index, an entry id or a `BW-` reference names.
import type { Args } from "../command.ts";
import { entryCells } from "../entry-row.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf, found } from "../server.ts";
import { tableText } from "../table.ts";
import { jsonText } from "../text.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [key = ""] = args.words;
  const entries = await found(key, clientOf(args, io).entry(key));
  if (args.switches.has("json") || args.switches.has("plain")) {
    answer(
      args,
      io,
      { entries },
      entries.map((row) => [row.ref, row.reference, jsonText(row.entry)]),
    );
    return EXIT.done;
  }
  for (const row of entries) {
    io.out(tableText([entryCells(row)], io, "wrap"));
    io.out(`  ${row.ref}\n`);
    io.out(`${jsonText(row.entry, 2).replace(/^/gm, "  ")}\n`);
  }
  return EXIT.done;
}
