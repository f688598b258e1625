// SPDX-License-Identifier: Apache-2.0
// `bailiwick store reopen`: a person lets agents go on after a restore.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const agents = await clientOf(args, io).system.reopen();
  const text =
    agents === undefined ? "nothing was restored here" : `${agents} agents have what the configuration declares`;
  answer(args, io, { restored: agents !== undefined, agents: agents ?? 0 }, [["reopened", text]]);
  return agents === undefined ? EXIT.no : EXIT.done;
}
