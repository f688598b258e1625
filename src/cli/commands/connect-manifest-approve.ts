// SPDX-License-Identifier: Apache-2.0
// `bailiwick connect manifest approve SERVER`: shows what would change, and puts the file in force as it was shown.
import type { Args } from "../command.ts";
import { CliError, misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { manifestRows, stateLine } from "../manifest-rows.ts";
import { clientOf } from "../server.ts";
import { tableText } from "../table.ts";
import { jsonText, printable } from "../text.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [server = ""] = args.words;
  const client = clientOf(args, io);
  const manifest = await client.manifests.get(server);
  io.err(tableText(manifestRows(manifest), io, "wrap"));
  io.err(`${printable(stateLine(manifest))}\n`);
  const { digest, state } = manifest;
  if (digest === undefined || state === "draft")
    throw new CliError("CLI_NOT_WAITING", `the manifest of ${server} cannot be approved as it is`, {
      fix: `mend ${manifest.file}, and delete the line draft: true`,
      exit: EXIT.no,
    });
  if (state === "approved") {
    io.err("nothing to approve\n");
    return EXIT.done;
  }
  const because = args.values.get("because");
  if (!(await isMeant(args, io, because))) {
    io.err("not approved: nothing was changed\n");
    return EXIT.no;
  }
  const reference = await client.manifests.approve(server, digest, because ?? `connect manifest approve ${server}`);
  if (args.switches.has("json")) io.out(`${jsonText({ server, digest, reference }, 2)}\n`);
  else io.out(`in force: ${digest} · ${reference} · npx bailiwick connect list\n`);
  return EXIT.done;
}

/** @throws CliError CLI_YES_MISSING */
async function isMeant({ switches }: Args, io: CliIo, because: string | undefined): Promise<boolean> {
  if (switches.has("yes") && because !== undefined) return true;
  if (io.ask === undefined || switches.has("no-input") || switches.has("yes"))
    throw misuse("CLI_YES_MISSING", "nobody is here to be asked", "say --yes together with --because");
  return /^y(es)?$/i.test((await io.ask("put it in force as shown? yes or no: ")).trim());
}
