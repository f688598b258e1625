// SPDX-License-Identifier: Apache-2.0
// `bailiwick prove incident clocks INC-1`: what is due by when, or what it waits for. Exit 4 where a hard clock is past its
// strict reading.
import type { IncidentClocks } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import { foundIncident } from "../incident.ts";
import { clockCells } from "../incident-row.ts";
import type { CliIo } from "../io.ts";
import { answer, items } from "../output.ts";
import { clientOf } from "../server.ts";
import type { Row } from "../table.ts";
import { printable } from "../text.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [name = ""] = args.words;
  const found = await foundIncident(name, clientOf(args, io).incidentClocks(name));
  const { clocks, doubts } = found;
  if (args.switches.has("json")) answer(args, io, found, []);
  else if (args.switches.has("explain")) answer(args, io, found, explained(found));
  else items(args, io, clocks, (clock) => clockCells(clock, Date.now()));
  for (const doubt of doubts) io.err(`does not fit: ${printable(doubt)}\n`);
  if (clocks.length === 0) io.err("no duty applies, or could\n");
  else io.err("rows are unreviewed: clocks are provisional until two people have read the official text\n");
  const isBroken = clocks.some(({ kind, state }) => kind === "hard" && BROKEN.has(state));
  return isBroken ? EXIT.broken : EXIT.done;
}

const BROKEN: ReadonlySet<string> = new Set(["strict-passed", "late"]);

function explained({ clocks }: IncidentClocks): readonly Row[] {
  return clocks.flatMap(({ duty, stage, state, kind, recipient, citation, derivation }) => [
    ["clock", `${duty} ${stage}: ${state}, ${kind}`],
    ["to", recipient],
    ["law", citation],
    ...derivation.map((says): Row => ["", says]),
  ]);
}
