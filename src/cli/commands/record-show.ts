// SPDX-License-Identifier: Apache-2.0
// `bailiwick record show <key>`: every entry that an index, an entry id or a `BW-` reference names: in words, as it was
// written, and its place in the log.
import type { Client, EntryRow } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { entryCells } from "../entry-row.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { proofRows } from "../proof-rows.ts";
import { clientOf, found } from "../server.ts";
import { type Row, tableText } from "../table.ts";
import { jsonText } from "../text.ts";
import { explainRows } from "./policy-explain.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [key = ""] = args.words;
  const client = clientOf(args, io);
  const entries = await found(key, client.entry(key));
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
    const proof = await client.proof(indexOf(row));
    io.out(tableText([entryCells(row)], io, "wrap"));
    io.out(tableText([...(await wordsOf(client, row)), ["entry", row.ref], ...proofRows(proof)], io, "wrap"));
    io.out(`${jsonText(row.entry, 2).replace(/^/gm, "  ")}\n`);
  }
  return EXIT.done;
}

/** What a decision says, rule by rule; other entries are one line, and that stands above. */
async function wordsOf(client: Client, { entry }: EntryRow): Promise<readonly Row[]> {
  const id = entry["id"];
  if (entry["type"] !== "decision" || typeof id !== "string") return [];
  return explainRows(await client.decision(id));
}

/** The index in `<origin>#<index>:<leaf>`. */
function indexOf({ ref }: EntryRow): string {
  return /#([0-9]+):[^:]*$/.exec(ref)?.[1] ?? ref;
}
