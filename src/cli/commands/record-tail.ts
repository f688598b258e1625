// SPDX-License-Identifier: Apache-2.0
// `bailiwick record tail`: the newest entries; with `--follow` each new one, none twice and none missed.
import type { Client, EntryRow } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { entryCells } from "../entry-row.ts";
import { CliError, misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { items } from "../output.ts";
import { clientOf } from "../server.ts";

const LINES = 10;
/** UNIT: entries. What one page holds (core `PAGE_MAX_ROWS`). */
const LINES_MAX = 1000;

export async function run(args: Args, io: CliIo): Promise<number> {
  const lines = linesOf(args);
  const client = clientOf(args, io);
  if (args.switches.has("follow")) return follow(args, io, client, lines);
  const page = await client.entries({ from: -lines, limit: lines });
  items(args, io, page.entries, entryCells);
  return EXIT.done;
}

function linesOf({ values }: Args): number {
  const text = values.get("lines") ?? String(LINES);
  const lines = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (lines >= 1 && lines <= LINES_MAX) return lines;
  throw misuse("CLI_OPTION_VALUE", `--lines ${text} is no number of entries`, `give one from 1 to ${LINES_MAX}`);
}

/** The stream is open before the page is asked for, so that nothing falls between the two. */
async function follow(args: Args, io: CliIo, client: Client, lines: number): Promise<number> {
  const stop = io.stop();
  const over = new AbortController();
  try {
    const opened = Promise.withResolvers<void>();
    const stream = client.live(AbortSignal.any([stop, over.signal]), opened.resolve);
    let coming = stream.next();
    await Promise.race([opened.promise, coming]);
    const page = await client.entries({ from: -lines, limit: lines });
    items(args, io, page.entries, entryCells);
    for (;;) {
      const next = await coming;
      if (next.done === true) break;
      if (indexOf(next.value) >= page.size) items(args, io, [next.value], entryCells);
      coming = stream.next();
    }
  } finally {
    over.abort(); // an open stream would keep the process
  }
  if (stop.aborted) return EXIT.interrupted;
  const fix = "see whether the server still runs: npx bailiwick status";
  throw new CliError("CLI_STREAM_ENDED", "the server ended the stream", { fix, exit: EXIT.unreachable });
}

/** The index in `<origin>#<index>:<leaf>`. */
function indexOf({ ref }: EntryRow): number {
  return Number(/#([0-9]+):[^:]*$/.exec(ref)?.[1] ?? Number.NaN);
}
