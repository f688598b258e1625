// SPDX-License-Identifier: Apache-2.0
// `bailiwick identity add NAME`: a new identity, for which the owner of this host answers.
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import { identityRows } from "../identity-row.ts";
import type { CliIo } from "../io.ts";
import { reasonOf } from "../order-row.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const { values, words } = args;
  const [name = ""] = words;
  const because = reasonOf(args, `identity add ${name}`);
  const needed = (option: string): string => {
    const value = values.get(option);
    if (value !== undefined) return value;
    throw misuse("CLI_OPTION_VALUE", `it needs its ${option}`, `write --${option}`);
  };
  const wish = { name, purpose: needed("purpose"), jurisdiction: needed("jurisdiction") };
  const environment = values.get("environment") ?? "main";
  const blueprint = values.get("blueprint");
  const made = await clientOf(args, io).registerIdentity(
    { ...wish, environment, ...(blueprint === undefined ? {} : { blueprint }) },
    because,
  );
  answer(args, io, made, identityRows(made));
  return EXIT.done;
}
