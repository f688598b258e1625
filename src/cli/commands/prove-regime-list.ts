// SPDX-License-Identifier: Apache-2.0
// `bailiwick prove regime list`: every duty of a folder, one a line, and how far each can be relied on.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { items } from "../output.ts";
import { refuseProblems, regulationsFolder } from "../regulations-folder.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const { named, dir } = regulationsFolder(args.values.get("dir"), io);
  const { listRegimes } = await import("../../server/index.ts");
  const { problems, rows } = await listRegimes(dir);
  refuseProblems(problems, named);
  const [wanted] = args.words;
  items(args, io, wanted === undefined ? rows : rows.filter(({ jurisdiction }) => jurisdiction === wanted), rowOf);
  return EXIT.done;
}

interface Line {
  readonly id: string;
  readonly citation: string;
  readonly review: string;
  readonly status: string;
  readonly confidence: string;
  readonly verified: string;
  readonly notStatutory: readonly string[];
}

function rowOf({ id, citation, review, status, confidence, verified, notStatutory }: Line): Row {
  const soft = [...new Set(notStatutory.map((one) => one.split(": ")[1] ?? one))];
  const binding = soft.length === 0 ? "statutory" : `in part ${soft.join(", ")}`;
  return [id, { text: review, style: "yellow" }, confidence, verified, binding, `${status}; ${citation}`];
}
