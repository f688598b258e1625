// SPDX-License-Identifier: Apache-2.0
// `bailiwick watch findings`: what is not normal, newest first, and what was done about it.
import type { FindingView } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { shortIdentity } from "../entry-row.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { items } from "../output.ts";
import { clientOf } from "../server.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const findings = await clientOf(args, io).findings();
  items(args, io, findings, cells);
  if (findings.length === 0) io.err("nothing was found\n");
  return EXIT.done;
}

function cells({ id, severity, subject, reason, orders, waits }: FindingView): Row {
  const done = orders.length === 0 ? "" : `, ${orders.length} ordered`;
  const open = waits === undefined ? "" : `; waits for a person: ${waits}`;
  return [id, severity, shortIdentity(subject), `${reason}${done}${open}`];
}
