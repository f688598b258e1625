// SPDX-License-Identifier: Apache-2.0
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openParser } from "../testing/cedar.ts";
import { type Bundle, loadFolder } from "./bundle.ts";
import { runCases } from "./run-cases.ts";

const POLICIES: string = path.join(import.meta.dirname, "..", "..", "..", "policies");

const parser = openParser();
afterAll(async () => {
  await parser[Symbol.asyncDispose]();
});

async function load(name: string): Promise<Bundle> {
  const loaded = await loadFolder(path.join(POLICIES, name), parser);
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems, undefined, 1));
  return loaded.bundle;
}

describe.each(["starter", "demo"])("policies/%s", (name) => {
  test("D74: it loads without a problem, and each policy says why in a sentence", async () => {
    const { problems, policies } = await load(name);
    expect(problems).toEqual([]);
    for (const { reason } of policies) expect(reason).toMatch(/^[A-Z].*\.$/);
  });

  test("D75: every case comes out as expected", async () => {
    const { results } = runCases(await load(name));
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(results.length).toBeGreaterThan(10);
  });

  test("D75: every policy is seen to hold, and seen not to", async () => {
    const { coverage } = runCases(await load(name));
    expect(coverage.filter(({ satisfied, unsatisfied }) => satisfied === 0 || unsatisfied === 0)).toEqual([]);
  });
});
