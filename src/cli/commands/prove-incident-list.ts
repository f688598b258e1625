// SPDX-License-Identifier: Apache-2.0
// `bailiwick prove incident list`: every incident, newest first.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import { incidentCells } from "../incident-row.ts";
import type { CliIo } from "../io.ts";
import { items } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const incidents = await clientOf(args, io).incidents();
  items(args, io, incidents, incidentCells);
  if (incidents.length === 0) io.err("there is no incident\n");
  return EXIT.done;
}
