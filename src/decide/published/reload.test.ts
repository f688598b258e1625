// SPDX-License-Identifier: Apache-2.0
// A reload under load (D23): the way that a set goes when it is published or its folder is saved, while decisions are made.
import { expect, test } from "vitest";
import { fakeClock, fakeLog } from "../../core/testing/system.ts";
import { createDecider } from "../decider.ts";
import { schemaText } from "../schema-text.ts";
import { loadBundle } from "../sets/bundle.ts";
import { MAIN, questionOf } from "../testing/shelf-world.ts";
import { TURN_MS, turns } from "../turns.ts";

const POLICIES = 1_000;
const DECISIONS = 10_000;
/** UNIT: ms of this thread's own time in one turn of the loop; the kernel counts in steps of 4. Wide enough
 * for a collection of garbage and for code that runs for the first time; a step that does not give way is longer. */
const TURN_MAX_MS = 60;

/** A permit and as many forbids that never hold, each of which is of the generation `name`. */
function texts(name: string, policies: number): readonly { readonly path: string; readonly text: string }[] {
  const forbids = Array.from(
    { length: policies - 2 },
    (_, n) =>
      `@id("${name}-${n}") forbid (principal, action in Action::"read", resource in Collection::"closed-${n}");`,
  );
  const permits = ["one", "two"].map(
    (word) => `@id("${name}-${word}") permit (principal is Agent, action in Action::"read", resource is Document);`,
  );
  return [
    { path: "bailiwick.yaml", text: "name: large\ndomain: main\nowner: tests\n" },
    { path: "schema.cedarschema", text: schemaText() },
    { path: "rules.cedar", text: [...permits, ...forbids].join("\n") },
  ];
}

test("D23: 1,000 policies are put in the place of others while 10,000 decisions run: none is dropped, none is of a mixture", async () => {
  const clock = fakeClock();
  const decider = createDecider({ clock, log: fakeLog() });
  const load = async (name: string, policies: number): Promise<void> => {
    const pause = turns(() => performance.now());
    const loaded = await loadBundle({ texts: texts(name, policies), timers: clock.timers, pause });
    if (!("bundle" in loaded)) throw new Error(JSON.stringify(loaded.problems[0]));
    decider.swap(MAIN, loaded.bundle.set);
  };
  await load("before", 20);
  const question = questionOf(clock, "a", ["view", "notes"]);
  const seen = new Map<string, number>();
  let made = 0;
  let longest = 0;
  const state = { isLoading: true };
  const loading = load("after", POLICIES).finally(() => (state.isLoading = false));
  const resources = [question.resource, { type: "Document", id: "notes/two.md" }];
  while (made < DECISIONS || state.isLoading) {
    const began = process.threadCpuUsage();
    await new Promise((resolve) => {
      // once there were enough of them, the parser gets this processor too
      if (made < DECISIONS) setImmediate(resolve);
      else setTimeout(resolve, 1);
    });
    const { user, system } = process.threadCpuUsage(began);
    longest = Math.max(longest, (user + system) / 1000);
    const decisions = decider.decideMany(question, resources);
    made += decisions.length;
    const generations = new Set(decisions.flatMap(({ policies }) => policies.map(({ id }) => id.split("-")[0] ?? "")));
    expect(decisions.map(({ answer }) => answer)).toEqual(["allow", "allow"]);
    expect(generations.size, "two permits for each of two resources, all of one set").toBe(1);
    for (const name of generations) seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  await loading;
  expect([...seen.keys()]).toEqual(["before", "after"]);
  process.stdout.write(
    `reload: ${made} decisions, longest turn of the loop ${longest.toFixed(1)} ms of processor time, turns of ${TURN_MS} ms\n`,
  );
  expect(longest).toBeLessThan(TURN_MAX_MS);
}, 60_000);
