// SPDX-License-Identifier: Apache-2.0
// `bailiwick connect list`: the upstream servers behind the gate.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { items } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const servers = await clientOf(args, io).servers.list();
  items(args, io, servers, ({ id, tools, operator, jurisdiction, reached, url }) => [
    id,
    `${tools} tools`,
    `operator ${operator}, ${jurisdiction}, ${reached}, ${url}`,
  ]);
  if (servers.length === 0) io.err("no server is behind the gate: npx bailiwick connect add NAME -- PROGRAM...\n");
  return EXIT.done;
}
