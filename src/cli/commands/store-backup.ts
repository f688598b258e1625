// SPDX-License-Identifier: Apache-2.0
// `bailiwick store backup DIR`: the server makes it while it goes on; this process restores it to a scratch folder, and the
// server writes down how that went. Without that it is a copy that nobody tried.
import { setsOf, testedRows } from "../backup-rows.ts";
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const client = clientOf(args, io);
  const { from, keys } = setsOf(args, io);
  const made = await client.system.backUp(from, keys);
  const about: readonly Row[] = [
    ["backup", `${made.to}: ${made.rows} rows, ${made.entries} entries, ${made.files} files, ${made.bytes} bytes`],
    ["keys", `${made.keysTo}: keep it elsewhere; without it nothing that is sealed can be opened`],
    ["manifest", `sha256:${made.manifest}`],
  ];
  if (args.switches.has("no-verify")) {
    answer(args, io, { ...made, tested: null }, [...about, ["verdict", { text: "not tried", style: "yellow" }]]);
    return EXIT.done;
  }
  const { testBackup } = await import("../../server/index.ts");
  const tested = await testBackup({ from, keysFrom: keys }).catch(async (error: unknown) => {
    await client.system.tested(made.manifest, false);
    throw error;
  });
  const ok = tested.logs.every((log) => log.ok);
  await client.system.tested(made.manifest, ok);
  answer(args, io, { ...made, tested }, [...about, ...testedRows(tested).slice(1)]);
  return ok ? EXIT.done : EXIT.broken;
}
