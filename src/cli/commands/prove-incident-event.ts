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
  const [at, date, zone] = ["at", "date", "zone"].map((option) => args.values.get(option));
  if ((at === undefined) === (date === undefined))
    throw misuse(
      "CLI_OPTION_VALUE",
      "one time is needed",
      "--at 2026-12-06T09:00:00+01:00, or --date 2026-12-06 with --zone Europe/Paris where only the day is known",
    );
  const when = {
    event,
    ...(at === undefined ? {} : { at }),
    ...(date === undefined ? {} : { date }),
    ...(zone === undefined ? {} : { zone }),
    ...(args.switches.has("supersedes") ? { supersedes: true } : {}),
  };
  return tellStatement(name, { note: saidOf(args), events: [when] }, clientOf(args, io), io);
}
