// SPDX-License-Identifier: Apache-2.0
// `bailiwick prove incident ask INC-1`: the questions whose answers still decide something.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import { foundIncident } from "../incident.ts";
import type { CliIo } from "../io.ts";
import { items } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [name = ""] = args.words;
  const questions = await foundIncident(name, clientOf(args, io).incidentQuestions(name));
  items(args, io, questions, ({ ask, duties, text }) => [ask, duties.join(" "), text]);
  if (questions.length === 0) io.err("nothing is open\n");
  else io.err(`answer with npx bailiwick prove incident answer ${name} ${questions[0]?.ask ?? ""}=... --note WHY\n`);
  return EXIT.done;
}
