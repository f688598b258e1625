// SPDX-License-Identifier: Apache-2.0
// `bailiwick prove incident open --title WHAT --because WHY`: a person opens an incident that no sign showed.
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import { incidentRows } from "../incident-row.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [title, because] = [args.values.get("title"), args.values.get("because")];
  if (title === undefined || because === undefined)
    throw misuse("CLI_OPTION_VALUE", "an incident has a title and a reason", "say --title WHAT --because WHY");
  const exercise = args.switches.has("exercise");
  const incident = await clientOf(args, io).openIncident({ title, because, exercise });
  answer(args, io, incident, incidentRows(incident));
  return EXIT.done;
}
