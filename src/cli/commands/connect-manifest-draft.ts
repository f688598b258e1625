// SPDX-License-Identifier: Apache-2.0
// `bailiwick connect manifest draft SERVER -- PROGRAM...`: the first manifest of a server, for a person to read. The file
// goes to stdout; the server is started once, asked for its tools, and none of them is called. Needs no server of ours.
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { printable } from "../text.ts";

export async function run({ words }: Args, io: CliIo): Promise<number> {
  const [server, program, ...rest] = words;
  if (server === undefined || program === undefined) {
    throw misuse("CLI_ARGUMENTS", "it needs a name and a program", "see bailiwick connect manifest draft --help");
  }
  const { draftManifest } = await import("../../server/index.ts");
  const drafted = await draftManifest({ server, command: [program, ...rest], cwd: io.cwd, tell: io.err });
  io.out(drafted.text);
  io.err(`${drafted.view + drafted.execute} tools: ${drafted.view} view, ${drafted.execute} execute\n`);
  for (const name of drafted.unnamed) io.err(`left out, because a manifest cannot name it: ${printable(name)}\n`);
  io.err("read what it says of each, mend it, delete the line draft: true, and name the file in mcp.servers\n");
  return EXIT.done;
}
