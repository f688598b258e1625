// SPDX-License-Identifier: Apache-2.0
// `policy check` and `policy test` on copies of the sets that come with the source: no server is started for them.
import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { createWorld, type World } from "./testing/world.ts";

const POLICIES = path.join(import.meta.dirname, "../../policies");

/** A world with a copy of the demo's set in ./demo. */
function demo(): World {
  const world = createWorld();
  cpSync(path.join(POLICIES, "demo"), path.join(world.folder, "demo"), { recursive: true });
  return world;
}

function change(world: World, file: string, from: string, to: string): void {
  const text = readFileSync(path.join(world.folder, file), "utf8");
  expect(text).toContain(from);
  world.write(file, text.replace(from, to));
}

test("policy check: a set without problems is exit 0, with its digest", async () => {
  using world = demo();
  const { code, out } = await world.run("policy check demo");
  expect(code).toBe(0);
  expect(out).toMatch(/^ok {2}[0-9]+ policies in demo,\n {4}sha256:[0-9a-f]{64}\n$/);
});

test("X15: a set that must be mended is exit 3, with the place in the file", async () => {
  using world = demo();
  change(world, "demo/10-tools.cedar", "permit (", "permitt (");
  const { code, out } = await world.run("policy check demo");
  expect(code).toBe(3);
  expect(out).toMatch(/^error {2}10-tools\.cedar:5:1 /);
  expect(out).toMatch(/\nno {5}1 must be mended before demo can be put in force\n$/);
  expect((await world.run("policy test demo")).code).toBe(3);
});

test("X15: a case that falls is exit 3, with what was expected and what came", async () => {
  using world = demo();
  change(world, "demo/cases/invoice-helper.yaml", "answer: allow", "answer: deny");
  const { code, out } = await world.run("policy test demo");
  expect(code).toBe(3);
  expect(out).toMatch(/^fell {2}cases\/invoice-helper\.yaml: /);
  expect(out).toMatch(/\n +answer: expected deny, got allow\n +the answer was allow/);
  const report: unknown = JSON.parse((await world.run("policy test demo --json")).out);
  expect(report).toMatchObject({
    cases: expect.arrayContaining([expect.objectContaining({ passed: false })]) as unknown,
  });
});

test("policy test: the cases that come with the source pass, one line each in --plain", async () => {
  using world = demo();
  expect((await world.run("policy test demo")).code).toBe(0);
  const lines = (await world.run("policy test demo --plain")).out.trimEnd().split("\n");
  expect(lines.at(-1)).toBe(`ok\t${lines.length - 1} of ${lines.length - 1} cases passed in demo`);
});

test("X15: what is no policy set is exit 1, and a folder of several says which there are", async () => {
  using world = demo();
  expect(await world.run("policy check nowhere")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^nowhere is no folder\n/) as string,
  });
  expect(await world.run("policy test .")).toMatchObject({
    code: 1,
    err: expect.stringContaining("fix: name one of them: demo\n") as string,
  });
});

test("policy ask: each clause with what it read, the nearest permit, and nothing claimed that was not tried", async () => {
  using world = demo();
  const { code, out } = await world.run("policy ask demo --case payment --plain");
  expect(code).toBe(0);
  expect(out).toContain('context.phase == "before"');
  expect(out).toContain("nearest\t");
  expect((await world.run("policy ask demo --case zebra")).code).toBe(2);
});
