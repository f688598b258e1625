// SPDX-License-Identifier: Apache-2.0
// The duties of a folder for people: listed, shown, checked. No store, no listener, no data directory is opened.
import path from "node:path";
import type { Problem } from "../core/index.ts";
import { checkRegimes, lineOf, type Regimes, type RowLine, type RowView, viewOf } from "../prove/index.ts";
import type { Config } from "./config.ts";

export interface CheckedRegimes {
  readonly problems: readonly Problem[];
  /** What the data is and is not; absent where it cannot be used. */
  readonly standing?: string;
  readonly digest?: string;
  readonly rows: readonly RowLine[];
}

/** Every duty of a folder, or every problem of its files. */
export async function listRegimes(dir: string): Promise<CheckedRegimes> {
  const { regimes, problems } = await checkRegimes(dir);
  if (regimes === undefined) return { problems, rows: [] };
  const { standing, digest } = regimes;
  return { problems, standing, digest, rows: inOrder(regimes).map(lineOf) };
}

export interface ShownRegime {
  readonly problems: readonly Problem[];
  readonly standing?: string;
  readonly row?: RowView | undefined;
  /** Ids of all rows, for one that was not found. */
  readonly known: readonly string[];
}

/** One duty of a folder. */
export async function showRegime(dir: string, id: string): Promise<ShownRegime> {
  const { regimes, problems } = await checkRegimes(dir);
  if (regimes === undefined) return { problems, known: [] };
  const row = regimes.rows.get(id);
  const known = [...regimes.rows.keys()];
  return { problems, standing: regimes.standing, row: row && viewOf(row, regimes), known };
}

function inOrder({ rows }: Regimes) {
  return [...rows.values()].toSorted((a, b) => a.duty.id.localeCompare(b.duty.id, "en"));
}

/** The rules that a server works by: its own, or those that come with the program. */
export function regulationsOf({ prove }: Pick<Config, "prove">, root: string): string {
  return prove.regimes.dir ?? path.join(root, "regulations");
}
