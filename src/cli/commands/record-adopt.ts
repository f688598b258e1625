// SPDX-License-Identifier: Apache-2.0
// `bailiwick record adopt NAME`: closes a log that cannot go on, and lets the next one begin with what is known of it.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [next = ""] = args.words;
  const { adoptRecord } = await import("../../server/index.ts");
  const config = args.values.get("config") ?? "bailiwick.yaml";
  const adopted = await adoptRecord({ cwd: io.cwd, config, data: args.values.get("data"), next });
  const { origin, size, kept } = adopted;
  answer(args, io, adopted, [
    ["closed", `${origin}: ${size} entries were signed, ${kept} are there`],
    ["next", `set record.name: ${next} in ${config}, and start the server: its first entry says so`],
  ]);
  return EXIT.done;
}
