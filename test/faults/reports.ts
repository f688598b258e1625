// SPDX-License-Identifier: Apache-2.0
// Names of the reports that each worker of a round writes.
export const WORKERS = 3;
const EACH = 80;

export function reportsOf(round: number): readonly (readonly string[])[] {
  return Array.from({ length: WORKERS }, (_, worker) =>
    Array.from({ length: EACH }, (__, n) => `reports/r${round}-w${worker}-n${n}.txt`),
  );
}
