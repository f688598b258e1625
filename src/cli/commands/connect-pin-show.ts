// SPDX-License-Identifier: Apache-2.0
// `bailiwick connect pin show [SERVER]`: which tools are what was accepted, and what is different about those that are not.
import type { PinView, ServerPinView } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [server] = args.words;
  const { manifests } = clientOf(args, io);
  const [pins, servers] = await Promise.all([manifests.pins(server), manifests.servers(server)]);
  answer(args, io, pins, pins.flatMap(rowsOf));
  for (const one of servers) io.err(`${wholeOf(one)}\n`);
  const changed = pins.filter(isChanged);
  io.err(`${pins.length} pinned, ${changed.length} not what was accepted\n`);
  for (const { tool } of changed) io.err(`next: npx bailiwick connect pin accept ${tool} --because WHY\n`);
  return changed.length === 0 ? EXIT.done : EXIT.no;
}

function rowsOf(pin: PinView): readonly Row[] {
  const { tool, pinned, now, lines } = pin;
  if (!isChanged(pin)) return [[tool, pinned ?? "", "as accepted"]];
  const changed = { text: "changed", style: "yellow" } as const;
  return [[tool, now ?? "", changed], ...lines.map((line): Row => [tool, now ?? "", line])];
}

/** One line for two people to compare. */
function wholeOf({ server, pinned, now, things }: ServerPinView): string {
  const isSame = pinned === now;
  return `${server} as a whole: ${now} (${things} pinned${isSame ? "" : `, not what was accepted: ${pinned}`})`;
}

function isChanged({ pinned, now }: PinView): boolean {
  return pinned !== now;
}
