// SPDX-License-Identifier: Apache-2.0
// `bailiwick prove incident close INC-1 --because WHY`: refused while an order of it still binds.
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import { foundIncident } from "../incident.ts";
import { incidentRows } from "../incident-row.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [name = ""] = args.words;
  const because = args.values.get("because");
  if (because === undefined) throw misuse("CLI_OPTION_VALUE", "a close needs its reason", "say --because WHY");
  const incident = await foundIncident(name, clientOf(args, io).closeIncident(name, because));
  answer(args, io, incident, incidentRows(incident));
  return EXIT.done;
}
