// SPDX-License-Identifier: Apache-2.0
// `bailiwick contain blast <identity>`: what it touched, as far as the record says. What nobody looked at is unknown, never 0.
import type { BlastView, TouchedView } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";
import type { Row } from "../table.ts";

const DAY_MS = 86_400_000;

export async function run(args: Args, io: CliIo): Promise<number> {
  const [identity = ""] = args.words;
  const since = args.values.get("since") ?? new Date(Date.now() - DAY_MS).toISOString();
  if (!/^\d{4}-\d{2}-\d{2}T.+Z$/.test(since) || Number.isNaN(Date.parse(since)))
    throw misuse("CLI_OPTION_VALUE", `--since ${since} is no time`, "write it as 2026-12-06T08:00:00Z");
  const blast = await clientOf(args, io).blast(identity, since);
  answer(args, io, blast, blast.touched.map(cells));
  io.err(`${sureness(blast)}\n`);
  return EXIT.done;
}

function cells({ how, id, level, categories, times }: TouchedView): Row {
  const kinds = categories.length === 0 ? "" : ` (${categories.join(", ")})`;
  return [how, level ?? "unknown", String(times), `${id}${kinds}`];
}

function sureness({ quality, unknownOutcomes, people }: BlastView): string {
  const open =
    unknownOutcomes === 0 ? "" : `${unknownOutcomes} effect${unknownOutcomes === 1 ? "" : "s"} with an unknown end; `;
  return `${quality}: ${open}people behind the data: ${people}`;
}
