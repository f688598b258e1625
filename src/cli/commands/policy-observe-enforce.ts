// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy observe enforce SERVER`: enforces it, or a share of its tasks.
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import type { CliIo } from "../io.ts";
import { changeRelease } from "../release.ts";

export function run(args: Args, io: CliIo): Promise<number> {
  return changeRelease(args, io, percentOf(args.values.get("percent")));
}

/** @throws CliError CLI_OPTION_VALUE */
export function percentOf(text: string | undefined): number {
  if (text === undefined) return 100;
  const percent = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
  if (percent >= 1 && percent <= 100) return percent;
  const fix = "give a whole number from 1 to 100; npx bailiwick policy observe resume goes back to none";
  throw misuse("CLI_OPTION_VALUE", `--percent ${text} is no share`, fix);
}
