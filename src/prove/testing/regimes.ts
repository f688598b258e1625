// SPDX-License-Identifier: Apache-2.0
// The committed duties, for tests only: read once for a file of tests.
import path from "node:path";
import type { CaseInput } from "../case/read-case.ts";
import { readCase } from "../case/read-case.ts";
import type { CaseState } from "../case/state.ts";
import { loadRegimes, type Regimes } from "../regimes/load.ts";
import { localDay } from "../regimes/local-day.ts";
import type { LocalDay, Row } from "../regimes/row.ts";

export const REGULATIONS: string = path.join(import.meta.dirname, "../../../regulations");

export const REGIMES: Regimes = await loadRegimes(REGULATIONS);

export function rowOf(id: string): Row {
  const row = REGIMES.rows.get(id);
  if (row === undefined) throw new Error(`no row ${id}`);
  return row;
}

export function caseOf(input: CaseInput): CaseState {
  return readCase(input, REGIMES.vocabulary);
}

export function day(text: string): LocalDay {
  return localDay.parse(text);
}
