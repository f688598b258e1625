// SPDX-License-Identifier: Apache-2.0
import { expect, test, vi } from "vitest";
import type { TestModule, Vitest } from "vitest/node";
import { ClosingLine } from "./closing-line.ts";

interface Result {
  readonly state: string;
  readonly note?: string;
  readonly name?: string;
}

/** A file of tests that ended so, as far as the reporter looks at it. */
function file(results: readonly Result[], faults: readonly unknown[] = []): TestModule {
  const tests = results.map((result) => ({ fullName: result.name ?? "some test", result: () => result }));
  const state = faults.length > 0 ? "failed" : "passed";
  return { children: { allTests: () => tests }, state: () => state, errors: () => faults } as unknown as TestModule;
}

/** What is printed at the end, and the exit code that the reporter asks for. */
function report(modules: readonly TestModule[], errors: readonly unknown[] = [], ci = false): [string, unknown] {
  const printed: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  const before = process.exitCode;
  const line = new ClosingLine();
  line.onInit({ config: { allowOnly: !ci } } as Vitest);
  line.onTestRunEnd(modules, errors);
  const code = process.exitCode;
  process.exitCode = before;
  write.mockRestore();
  return [printed.join(""), code];
}

const PASSED: Result = { state: "passed" };
const SILENT: Result = { state: "skipped" };

test("closing line: counts what passed, failed and was skipped", () => {
  const modules = [file([PASSED, { state: "failed" }]), file([PASSED, { state: "skipped", note: "no vectors here" }])];
  expect(report(modules)[0]).toBe("skipped: some test: no vectors here\ntests: 2 passed, 1 failed, 1 skipped\n");
});

test("closing line: pending tests, unhandled errors and files that did not load are failures", () => {
  const modules = [file([{ state: "pending" }]), file([], ["it does not parse"])];
  expect(report(modules, ["unhandled"])[0]).toBe("tests: 0 passed, 3 failed, 0 skipped\n");
});

test("closing line: a run that matched nothing still ends with the line", () => {
  expect(report([])[0]).toBe("tests: 0 passed, 0 failed, 0 skipped\n");
});

test("closing line: a name may carry the reason", () => {
  const skipped = { state: "skipped", name: "a full disk (not run where nothing can be mounted) refuses" };
  expect(report([file([skipped])], [], true)[0]).toMatch(
    /: not run where nothing can be mounted\ntests: 0 passed, 0 failed, 1 skipped\n$/,
  );
});

test("closing line: on a CI machine a skip without a reason is a failure", () => {
  const [text, code] = report([file([PASSED, SILENT])], [], true);
  expect(text).toContain("skipped without a reason:");
  expect(text).toMatch(/\ntests: 1 passed, 1 failed, 0 skipped\n$/);
  expect(code).toBe(1);
  expect(report([file([PASSED, SILENT])])[0]).toBe("tests: 1 passed, 0 failed, 1 skipped\n");
});
