// SPDX-License-Identifier: Apache-2.0
// How the trial of a backup is shown, and where its two folders are.
import { existsSync } from "node:fs";
import path from "node:path";
import type { Args } from "./command.ts";
import { EXIT } from "./exit.ts";
import type { CliIo } from "./io.ts";
import type { Row } from "./table.ts";

export interface Sets {
  readonly from: string;
  readonly keys: string;
}

/** The folder that was named, and the one with its keys. */
export function setsOf(args: Args, io: CliIo): Sets {
  const [named = ""] = args.words;
  const from = path.resolve(io.cwd, named);
  const keys = args.values.get("keys");
  return { from, keys: keys === undefined ? `${from}.keys` : path.resolve(io.cwd, keys) };
}

/** Keys that were named have to be there; those that nobody named may be elsewhere. */
export function readSets(args: Args, io: CliIo): { readonly from: string; readonly keysFrom?: string } {
  const { from, keys } = setsOf(args, io);
  return args.values.has("keys") || existsSync(keys) ? { from, keysFrom: keys } : { from };
}

interface Tested {
  readonly made: string;
  readonly rows: number;
  readonly keys: string;
  readonly logs: readonly { readonly log: string; readonly size: number; readonly ok: boolean; readonly why: string }[];
}

export function testedRows({ made, rows, keys, logs }: Tested): readonly Row[] {
  return [
    ["made", made],
    ["rows", `${rows} restored`],
    ["keys", keys],
    ...logs.map(
      ({ log, size, ok, why }): Row => [
        { text: ok ? "verified" : "FAILED", style: ok ? "green" : "red" },
        `${log}: ${size} entries${ok ? "" : ` (${why})`}`,
      ],
    ),
  ];
}

export function exitOf({ logs }: Pick<Tested, "logs">): number {
  return logs.every(({ ok }) => ok) ? EXIT.done : EXIT.broken;
}
