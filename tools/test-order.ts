// SPDX-License-Identifier: Apache-2.0
// The order of test files: by chance, so that no file leans on another; but the long ones of a project first, so that the
// last worker is not left with a minute of its own.
import type { TestSpecification } from "vitest/node";
import { BaseSequencer } from "vitest/node";

/** Files that take 15 seconds and more on two cores, longest first. A file that is not here only costs the run's last moments. */
const LONG: readonly string[] = [
  "test/browser/decisions.test.ts",
  "test/browser/looks.test.ts",
  "test/faults/approval-kill.test.ts",
  "test/e2e/story.test.ts",
  "test/faults/contain-kill.test.ts",
  "conformance/mcp.test.ts",
  "test/e2e/first-start.test.ts",
  "test/e2e/connect-add.test.ts",
];

export class TestOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { seed } = this.ctx.config.sequence;
    const rows = files.map((spec) => ({ spec, rank: rankOf(spec), chance: chanceOf(`${seed} ${spec.moduleId}`) }));
    rows.sort((a, b) => groupOf(a.spec).localeCompare(groupOf(b.spec)) || a.rank - b.rank || a.chance - b.chance);
    return Promise.resolve(rows.map(({ spec }) => spec));
  }
}

/** Files of one project follow each other: a worker that goes on has loaded the sources already. */
function groupOf({ project }: TestSpecification): string {
  return project.name;
}

function rankOf({ moduleId }: TestSpecification): number {
  const found = LONG.findIndex((name) => moduleId.endsWith(`/${name}`));
  return found === -1 ? LONG.length : found;
}

/** FNV-1a, 32 bits: the same seed gives the same order again. */
function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}
