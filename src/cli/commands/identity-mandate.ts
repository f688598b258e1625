// SPDX-License-Identifier: Apache-2.0
// `bailiwick identity mandate open | show | close`: what the owner of this host lets an agent do, in their name.
import type { Args, Run } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import { mandateRows, wholeId } from "../identity-row.ts";
import type { CliIo } from "../io.ts";
import { reasonOf } from "../order-row.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";

export const show: { readonly run: Run } = {
  async run(args, io) {
    const mandate = await clientOf(args, io).mandate(args.words[0] ?? "");
    answer(args, io, mandate, mandateRows(mandate));
    return EXIT.done;
  },
};

export const close: { readonly run: Run } = {
  async run(args, io) {
    const [id = ""] = args.words;
    const mandate = await clientOf(args, io).closeMandate(id, reasonOf(args, `identity mandate close ${id}`));
    answer(args, io, mandate, mandateRows(mandate));
    return EXIT.done;
  },
};

export const open: { readonly run: Run } = { run: openOne };

function listOf(text: string): readonly string[] {
  return text.split(",").map((part) => part.trim());
}

async function openOne(args: Args, io: CliIo): Promise<number> {
  const holder = wholeId(args.words[0] ?? "");
  const because = reasonOf(args, `identity mandate open ${holder}`);
  const needed = (option: string): string => {
    const value = args.values.get(option);
    if (value !== undefined) return value;
    throw misuse("CLI_OPTION_VALUE", `it needs its ${option}`, `write --${option}`);
  };
  const mandate = await clientOf(args, io).openMandate(
    holder,
    {
      request: needed("request"),
      verbs: listOf(args.values.get("verbs") ?? "view"),
      locations: listOf(needed("servers")),
      labelMax: args.values.get("label") ?? "internal",
      jurisdictions: listOf(needed("jurisdictions")),
      purpose: needed("purpose"),
      hours: Number(args.values.get("hours") ?? "8"),
    },
    because,
  );
  answer(args, io, mandate, mandateRows(mandate));
  return EXIT.done;
}
