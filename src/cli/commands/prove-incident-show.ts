// SPDX-License-Identifier: Apache-2.0
// `bailiwick prove incident show INC-1`: what is known of it, and who said so.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import { foundIncident } from "../incident.ts";
import { incidentRows } from "../incident-row.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [name = ""] = args.words;
  const incident = await foundIncident(name, clientOf(args, io).incident(name));
  answer(args, io, incident, incidentRows(incident));
  return EXIT.done;
}
