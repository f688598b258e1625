// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { implies, levelRank, type StepGrant, type StepId } from "../../core/index.ts";
import { given, stepOf, TestClient } from "../testing/client.ts";
import { ACT, openMandate, openWorld, RESOURCE } from "../testing/world.ts";

const VERBS = ["view", "summarize", "recommend"];
const LEVELS = ["public", "internal", "confidential"];
const PATHS = ["", "/a", "/a/b", "/c"];

interface Node {
  readonly token: string;
  readonly step: StepId;
  readonly path: readonly StepId[];
  readonly grant: StepGrant;
}

/** What one client asks for below one that is there already, by its place in the list. */
const wish = fc.record({
  parent: fc.nat(30),
  actions: fc.subarray(VERBS, { minLength: 1 }),
  path: fc.constantFrom(...PATHS),
  label_max: fc.constantFrom(...LEVELS),
  jurisdictions: fc.subarray(["DE", "FR"], { minLength: 1 }),
  purpose: fc.constantFrom("office", "office.mail"),
});

it("P2: in any tree of steps rights only shrink, and closing a step ends exactly what hangs below it", async () => {
  let children = 0;
  let survivors = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(wish, { minLength: 6, maxLength: 14 }), fc.nat(30), async (wishes, victim) => {
      await using world = await openWorld();
      const client = new TestClient(world);
      const { id: mandate } = await openMandate(world, { depth: 8 });
      const nodeOf = async (token: string): Promise<Node> => {
        const { path, grant } = await client.standing(token);
        return { token, step: stepOf(token), path, grant };
      };
      const top = { actions: VERBS, locations: [RESOURCE], mandate };
      const nodes: Node[] = [await nodeOf(await given(client.ask(top))), await nodeOf(await given(client.ask(top)))];
      for (const { parent: place, path, ...asked } of wishes) {
        const parent = nodes[place % nodes.length];
        if (parent === undefined) continue;
        const answer = await client.exchange(parent.token, {
          ...asked,
          locations: [`${RESOURCE}${path}`],
          step: "child",
        });
        if (answer.status !== 200) continue;
        const child = await nodeOf(await given(Promise.resolve(answer)));
        children += 1;
        nodes.push(child);
        expect(implies(child.grant, parent.grant)).toEqual({ ok: true });
        // and by hand, so that one mistake in `implies` does not hide another
        expect(child.grant.verbs.filter((verb) => !parent.grant.verbs.includes(verb))).toEqual([]);
        expect(child.grant.jurisdictions.filter((one) => !parent.grant.jurisdictions.includes(one))).toEqual([]);
        expect(levelRank(child.grant.labelMax)).toBeLessThanOrEqual(levelRank(parent.grant.labelMax));
        expect(child.grant.purpose.startsWith(parent.grant.purpose)).toBe(true);
        expect(child.path).toEqual([...parent.path, child.step]);
      }
      const closed = nodes[victim % nodes.length]?.step;
      if (closed === undefined) return;
      const closing = world.identify.mandates.closeStep(closed, "cancelled", ACT);
      for (const { token, path } of nodes) {
        const isBelow = path.includes(closed);
        survivors += Number(!isBelow);
        expect((await client.told(token)) === "let in").toBe(!isBelow);
      }
      await closing;
    }),
    { numRuns: 12 },
  );
  expect([children > 20, survivors > 10]).toEqual([true, true]);
});
