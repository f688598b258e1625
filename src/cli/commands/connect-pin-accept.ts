// SPDX-License-Identifier: Apache-2.0
// `bailiwick connect pin accept SERVER/TOOL`: a tool is what it says now, from here on.
import type { Args } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { reasonOf } from "../order-row.ts";
import { clientOf } from "../server.ts";
import { jsonText, printable } from "../text.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [tool = ""] = args.words;
  const because = reasonOf(args, `connect pin accept ${tool}`);
  const client = clientOf(args, io);
  const [server = ""] = tool.split("/");
  const pin = (await client.manifests.pins(server)).find((one) => one.tool === tool);
  if (pin?.now === undefined || pin.now === pin.pinned)
    throw new CliError("CLI_NOT_WAITING", `${tool} is what was accepted, or nobody has seen it`, {
      fix: "see what there is: npx bailiwick connect pin show",
      exit: EXIT.no,
    });
  for (const line of pin.lines) io.err(`${printable(line)}\n`);
  const reference = await client.manifests.accept(tool, pin.now, because);
  if (args.switches.has("json")) io.out(`${jsonText({ tool, digest: pin.now, reference }, 2)}\n`);
  else io.out(`accepted: ${tool} · ${reference} · an order that holds it back ends by npx bailiwick contain release\n`);
  return EXIT.done;
}
