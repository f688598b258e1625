// SPDX-License-Identifier: Apache-2.0
// The last line of a test run, for people and for machines that read only that. Above it, why each skipped test was
// skipped; on a CI machine a skip without a reason counts as a failure, so that nothing drops out unseen.
import type { Reporter, TestModule, TestResult, Vitest } from "vitest/node";

export class ClosingLine implements Reporter {
  private strict = false;

  onInit(vitest: Vitest): void {
    // a filter by name skips the rest without a word, and is no full run
    this.strict = !vitest.config.allowOnly && vitest.config.testNamePattern === undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const unexplained: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        const reason = reasonOf(result, test.fullName);
        if (result.state === "skipped" && reason === undefined && this.strict) {
          unexplained.push(`${module.relativeModuleId} ${test.fullName}`);
          continue;
        }
        count[result.state] += 1;
        if (reason !== undefined) process.stdout.write(`skipped: ${test.fullName}: ${reason}\n`);
      }
      if (module.state() === "failed" && module.errors().length > 0) count.failed += 1; // a file that did not load
    }
    for (const test of unexplained) process.stdout.write(`skipped without a reason: ${test}\n`);
    if (unexplained.length > 0) process.exitCode = 1;
    const failed = count.failed + count.pending + unexplained.length + errors.length;
    process.stdout.write(`tests: ${count.passed} passed, ${failed} failed, ${count.skipped} skipped\n`);
  }
}

/** Why a test was skipped: the note of `skip(condition, note)`, or `(... not run ...)` in its name or its suite's. */
function reasonOf(result: TestResult, name: string): string | undefined {
  if (result.state !== "skipped") return undefined;
  return result.note ?? /\(([^()]*not run[^()]*)\)/i.exec(name)?.[1];
}

export default ClosingLine;
