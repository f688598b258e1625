// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy observe resume SERVER`: back to observing all of it, until the day that it had from the beginning.
import type { Args } from "../command.ts";
import type { CliIo } from "../io.ts";
import { changeRelease } from "../release.ts";

export function run(args: Args, io: CliIo): Promise<number> {
  return changeRelease(args, io, 0);
}
