// SPDX-License-Identifier: Apache-2.0
// Checks by name, counted by level.

export interface Tally {
  readonly levels: Map<string, { passed: number; failed: number }>;
  readonly failures: string[];
}

export function createTally(): Tally {
  return { levels: new Map(), failures: [] };
}

/** @param of level and name of the check */
export function check(tally: Tally, of: readonly [string, string], isTrue: boolean, saw?: unknown): void {
  const [level, name] = of;
  const held = tally.levels.get(level) ?? { passed: 0, failed: 0 };
  tally.levels.set(level, held);
  if (isTrue) held.passed += 1;
  else {
    held.failed += 1;
    tally.failures.push(`${level}: ${name}${saw === undefined ? "" : `: ${JSON.stringify(saw).slice(0, 300)}`}`);
  }
}

export function totals({ levels }: Tally): { readonly passed: number; readonly failed: number } {
  let [passed, failed] = [0, 0];
  for (const level of levels.values()) {
    passed += level.passed;
    failed += level.failed;
  }
  return { passed, failed };
}
