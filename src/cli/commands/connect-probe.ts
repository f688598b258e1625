// SPDX-License-Identifier: Apache-2.0
// `bailiwick connect probe NAME`: asks a server for its tools now, in a child of its own, and says which are not what was
// accepted.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [id = ""] = args.words;
  const probe = await clientOf(args, io).servers.probe(id);
  const { tools, changed } = probe;
  const news = new Set(changed);
  answer(
    args,
    io,
    probe,
    tools.map((tool) => [tool, news.has(tool) ? { text: "changed", style: "yellow" } : "as accepted"]),
  );
  io.err(`${tools.length} tools, ${changed.length} changed\n`);
  return changed.length === 0 ? EXIT.done : EXIT.no;
}
