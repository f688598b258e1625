// SPDX-License-Identifier: Apache-2.0
// `bailiwick store rewrap`: a new seal; every sealed key stays what it is.
import path from "node:path";
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const named = args.values.get("data") ?? "data";
  const { rewrapKeys } = await import("../../server/index.ts");
  await rewrapKeys(path.resolve(io.cwd, named));
  answer(args, io, { seal: path.join(named, "keys", "seal") }, [
    [
      "seal",
      `${path.join(named, "keys", "seal")} is new; copies of keys from before open with the seal that they were copied with`,
    ],
  ]);
  return EXIT.done;
}
