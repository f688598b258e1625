// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy pause RELEASE`.
import type { Args } from "../command.ts";
import type { CliIo } from "../io.ts";
import { actOnRelease } from "../set-row.ts";

export function run(args: Args, io: CliIo): Promise<number> {
  return actOnRelease(args, io, "pause");
}
