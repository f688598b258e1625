// SPDX-License-Identifier: Apache-2.0
// `bailiwick store plan`: the steps that the next start would run on the tables, before it does.
import path from "node:path";
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const { planSchema } = await import("../../server/index.ts");
  const steps = await planSchema(path.resolve(io.cwd, args.values.get("data") ?? "data"));
  const rows = steps.flatMap(({ name, sql }) => sql.map((text, i): Row => [i === 0 ? name : "", text]));
  answer(
    args,
    io,
    { steps },
    rows.length === 0 ? [["plan", "nothing: the tables are as this version wants them"]] : rows,
  );
  return EXIT.done;
}
