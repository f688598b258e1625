// SPDX-License-Identifier: Apache-2.0
// `bailiwick prove incident event INC-1 awareness --at ... --note WHY`: a person says when something was. No event stands in
// for another: that it was detected does not say when anybody became aware of it.
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { saidOf, tellStatement } from "../incident.ts";
import type { CliIo } from "../io.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [name = "", event = ""] = args.words;
  const [at, date] = ["at", "date"].map((option) => args.values.get(option));
  const zone = args.values.get("zone") ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ((at === undefined) === (date === undefined))
    throw misuse(
      "CLI_OPTION_VALUE",
      "one time is needed",
      "--at now, --at 2026-12-06T09:00:00+01:00, or --date 2026-12-06 where only the day is known",
    );
  const when = {
    event,
    ...(at === undefined ? { date, zone } : { at: at === "now" ? new Date().toISOString() : at }),
    ...(args.switches.has("supersedes") ? { supersedes: true } : {}),
  };
  return tellStatement(name, { note: saidOf(args), events: [when] }, clientOf(args, io), io);
}
