// SPDX-License-Identifier: Apache-2.0
// `bailiwick record witness status`: who cosigns our log, whose logs we cosign, and who of them lied.
import type { ForkView, WitnessingView } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo, Style } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";
import type { Row } from "../table.ts";

const STYLES: Readonly<Record<string, Style>> = { none: "dim", met: "green" };

export async function run(args: Args, io: CliIo): Promise<number> {
  const status = await clientOf(args, io).witness.status();
  answer(args, io, status, [...logRows(status), ...deskRows(status)]);
  const isWell = status.log.state === "none" || status.log.state === "met";
  return isWell && !status.witness?.forks.some(({ open }) => open) ? EXIT.done : EXIT.no;
}

function logRows({ log }: WitnessingView): readonly Row[] {
  const { state, lagMs, published, size } = log;
  const said =
    state === "none" ? "nobody is asked to cosign" : `${state}${lagMs > 0 ? ` for ${Math.round(lagMs / 1000)} s` : ""}`;
  return [
    ["log", log.origin],
    ["published", `${published} of ${size} entries`],
    ["second-signature", log.secondSignature],
    ["quorum", { text: said, style: STYLES[state] ?? "red" }],
    ...log.witnesses.map(({ name, url, last, detail }): Row => [`asks ${name}`, `${last}: ${detail} (${url})`]),
  ];
}

function deskRows({ witness }: WitnessingView): readonly Row[] {
  if (witness === undefined) return [["witness", "this server cosigns nobody"]];
  return [
    ["witness", witness.url],
    ...witness.logs.map(({ origin, size }): Row => ["cosigns", `${origin} up to ${size} entries`]),
    ...witness.forks.map(forkRow),
  ];
}

function forkRow({ id, origin, size, clearedBy, open }: ForkView): Row {
  const people = clearedBy.length === 0 ? "" : `; cleared by ${clearedBy.join(" and ")}`;
  const text = `${id}: ${origin} signed two roots for ${size} entries${people}`;
  return [open ? "LIE" : "lie", { text, style: open ? "red" : "dim" }];
}
