// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Digest, instant } from "../../core/index.ts";
import type { Bundle } from "../sets/bundle.ts";
import { bundleOf, PROFILES } from "../testing/bundle.ts";
import { ADA, BASE, BOB, LOOSER, openShelfWorld, rules, type ShelfWorld, TIGHTER } from "../testing/shelf-world.ts";
import type { ReleaseWish } from "./shelf.ts";
import { tightens } from "./tightens.ts";

let world: ShelfWorld;
let [base, tighter, looser] = [] as unknown as [Bundle, Bundle, Bundle];
beforeAll(async () => {
  [base, tighter, looser] = await Promise.all([rules(BASE), rules(TIGHTER), rules(LOOSER)]);
});
beforeEach(async () => {
  world = await openShelfWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const because = "a test";
const everybody = { mode: "enforce", scope: {}, percent: 100 } as const;
const publish = async (bundle: Bundle): Promise<Digest> => {
  expect(await world.shelf.publish(bundle, { by: ADA, because })).toHaveProperty("done");
  return bundle.digest;
};
/** Published by one person, agreed to by another. */
const agreed = async (bundle: Bundle): Promise<Digest> => {
  const digest = await publish(bundle);
  const set = world.shelf.set(digest);
  if (set === undefined) throw new Error("not there");
  expect(await world.shelf.approve(digest, world.yes(BOB, world.shelf.termsOf(set)))).toHaveProperty("done");
  return digest;
};
const rollout = (digest: Digest, wish: Partial<ReleaseWish> = {}): ReturnType<ShelfWorld["shelf"]["rollout"]> =>
  world.shelf.rollout({ digest, ...everybody, ...wish }, { by: ADA, because });
/** @returns its id */
const released = async (digest: Digest, wish: Partial<ReleaseWish> = {}): Promise<string> => {
  const done = await rollout(digest, wish);
  if (!("done" in done)) throw new Error(done.why);
  return done.done.id;
};
function there<T>(one: T | undefined): T {
  if (one === undefined) throw new Error("it is not there");
  return one;
}
const refusal = async (done: Promise<unknown>): Promise<string> => ((await done) as { why?: string }).why ?? "done";
const agents = Array.from({ length: 400 }, (_, n) => `agent-${n}`);
const allowed = (action: string, collection?: string): readonly string[] =>
  agents.filter((agent) => world.ask(agent, action, collection).answer === "allow");
const names = (): readonly string[] =>
  world.recorder.appended.map((draft) => ("name" in draft ? draft.name : draft.type));

describe("D22: one person may tighten, two loosen", () => {
  test("D22: all of the old set and more forbids is tighter; a permit, a change, a loss, other definitions are not", async () => {
    const soft = `${BASE}@id("noted") @answer("log") forbid (principal, action, resource);\n`;
    const other = await bundleOf({ "10-rules.cedar": BASE, "bailiwick.yaml": "name: t\ndomain: other\nowner: t\n" });
    const [asks, asksMore] = await Promise.all(
      [PROFILES, { ...PROFILES, "remedies.yaml": "ask: { kind: approval, approvers: { group: board } }\n" }].map(
        (profiles) =>
          bundleOf({
            ...profiles,
            "10-rules.cedar": `${BASE}@id("a") @answer("challenge") @remedy("ask") forbid (principal, action, resource);\n`,
          }),
      ),
    );
    if (asks === undefined || asksMore === undefined) throw new Error("not loaded");
    expect(tightens(base, tighter)).toBe(true);
    expect(tightens(base, base)).toBe(true);
    expect(tightens(base, await rules(`// a comment\n${soft}`))).toBe(true);
    expect(tightens(base, looser)).toBe(false);
    expect(tightens(tighter, base)).toBe(false);
    expect(tightens(base, await rules(BASE.replace("is Document", "is Tool")))).toBe(false);
    expect(tightens(base, other)).toBe(false);
    expect(tightens(asks, asksMore), "the same words, and another remedy behind them").toBe(false);
  });

  test("D22: what tightens is rolled out by whoever published it", async () => {
    await released(await publish(tighter));
    expect(world.ask("a", "view", "hr").answer).toBe("deny");
    expect(world.ask("a").answer).toBe("allow");
  });

  test("D22: what loosens waits for another person, whoever rolls it out, and nobody agrees to their own", async () => {
    const digest = await publish(looser);
    expect(await refusal(rollout(digest))).toMatch(/no second person agreed/);
    const terms = world.shelf.termsOf(there(world.shelf.set(digest)));
    expect(await refusal(world.shelf.approve(digest, world.yes(ADA, terms)))).toMatch(/it is your own/);
    expect(await refusal(world.shelf.approve(digest, world.yes(BOB, base.digest)))).toMatch(/not what was shown/);
    expect(world.ask("a", "execute").answer).toBe("deny");
    await world.shelf.approve(digest, world.yes(BOB, terms));
    await released(digest);
    expect(world.ask("a", "execute").answer).toBe("allow");
    expect(names()).toEqual(["policy.published", "policy.approved", "policy.activated"]);
    expect(world.recorder.appended[1]).toMatchObject({
      by: BOB,
      after: digest,
      data: { approved: { by: BOB, terms } },
    });
  });

  test("D22: a yes was to a comparison: where other rules are in force by then, it counts for nothing", async () => {
    const digest = await agreed(looser);
    await released(await publish(tighter));
    expect(await refusal(rollout(digest))).toMatch(/compared with .* in force no more/);
    await publish(looser);
    expect(await refusal(rollout(digest)), "published anew, nobody agreed yet").toMatch(/no second person/);
  });

  test("D22: a set of somebody who is not known by name is not kept, unless nobody asks for a second person", async () => {
    expect(await refusal(world.shelf.publish(looser, { by: "system", because }))).toMatch(/nobody is known by name/);
    await world[Symbol.asyncDispose]();
    world = await openShelfWorld({ fourEyes: false });
    await world.shelf.publish(looser, { by: "system", because });
    await released(looser.digest);
    expect(world.ask("a", "execute").answer).toBe("allow");
  });
});

/** One agent works at files, and its sponsor is in every group. */
const about = (agent: string): object => ({
  kind: "agent",
  server: agent === "a" ? "files" : "mail",
  isSponsoredBy: () => agent === "a",
});

describe("D25: for whom a release is", () => {
  test("D25: a growing share keeps those that it had", async () => {
    const digest = await agreed(looser);
    const id = await released(digest, { percent: 10 });
    const first = allowed("execute");
    expect(first.length).toBeGreaterThan(20);
    expect(first.length).toBeLessThan(60);
    expect(await released(digest, { percent: 50 })).toBe(id);
    const second = allowed("execute");
    expect(second).toEqual(expect.arrayContaining([...first]));
    expect(second.length).toBeGreaterThan(150);
    await released(digest);
    expect(allowed("execute")).toEqual(agents);
  });

  test("D25: the narrowest wins, a tie is refused, and a sponsor may be in two groups", async () => {
    await world[Symbol.asyncDispose]();
    world = await openShelfWorld({ about });
    const digest = await agreed(looser);
    await released(digest, { scope: { kind: "agent" } });
    await released(await agreed(tighter), { scope: { kind: "agent", server: "files" } });
    expect([world.ask("a", "execute").answer, world.ask("b", "execute").answer]).toEqual(["deny", "allow"]);
    expect(await refusal(rollout(digest, { scope: { kind: "agent", environment: "test" } }))).toMatch(/as narrow/);
    expect(await refusal(rollout(digest, { scope: { kind: "agent", group: "desk" } }))).toMatch(/as narrow/);
    await released(digest, { scope: { kind: "agent", server: "mail" } });
  });

  test("D25: what is over falls to what lies under it, at that moment and for good", async () => {
    await released(await publish(tighter), { until: world.until(1) });
    expect(world.ask("a", "view", "hr").answer).toBe("deny");
    world.clock.advance(86_400_000);
    expect(world.ask("a", "view", "hr").answer).toBe("allow");
    world.clock.advance(60_000);
    await expect.poll(names).toContain("policy.retired");
    expect(world.shelf.list().releases.map(({ state }) => state)).toEqual(["retired"]);
  });

  test("D25: what begins later binds from then on", async () => {
    await released(await publish(tighter), { from: instant(world.clock.now() + 5_000) });
    expect(world.ask("a", "view", "hr").answer).toBe("allow");
    world.clock.advance(5_000);
    expect(world.ask("a", "view", "hr").answer).toBe("deny");
  });
});

describe("D26: observing", () => {
  test("D26: a release that observes needs a second person and an end, and then stops nothing", async () => {
    const digest = await publish(tighter);
    const wish = { mode: "observe", until: world.until(30) } as const;
    expect(await refusal(rollout(digest, { mode: "observe" }))).toMatch(/30 days at most/);
    expect(await refusal(rollout(digest, { ...wish, until: world.until(31) }))).toMatch(/30 days at most/);
    const id = await released(digest, wish);
    expect(world.ask("a", "view", "hr").answer).toBe("allow");
    const release = there(world.shelf.release(id));
    const terms = world.shelf.releaseTermsOf(release);
    expect(await refusal(world.shelf.agree(id, world.yes(ADA, terms)))).toMatch(/it is your own/);
    await world.shelf.agree(id, world.yes(BOB, terms));
    expect(world.ask("a", "view", "hr")).toMatchObject({ answer: "log", would: "deny", mode: "observe", release: id });
    world.clock.advance(30 * 86_400_000);
    expect(world.ask("a", "view", "hr")).toMatchObject({ answer: "allow", mode: "enforce" });
  });
});

describe("D24: in shadow", () => {
  test("D24: a set in shadow never binds, and its answer is told only where it differs", async () => {
    const id = await released(await publish(tighter), { mode: "shadow" });
    expect(world.ask("a", "view", "hr")).toMatchObject({
      answer: "allow",
      setDigest: base.digest,
      shadow: [{ release: id, set: tighter.digest, answer: "deny" }],
    });
    expect(world.ask("a")).not.toHaveProperty("shadow");
    expect(world.decider.shadowCount(id)).toEqual({ judged: 2, different: 1, failed: 0, stride: 1 });
  });

  test("D24: any set may be in shadow, by one person: it lets nobody through", async () => {
    await released(await publish(looser), { mode: "shadow" });
    expect(world.ask("a", "execute")).toMatchObject({ answer: "deny", shadow: [{ answer: "allow" }] });
  });

  test("D24: what is slow is judged less often, and says so; the binding answer is the same", async () => {
    const id = await released(await publish(tighter), { mode: "shadow" });
    const clock = world.clock;
    const still = clock.monotonic.bind(clock);
    let ms = 0;
    clock.monotonic = () => (ms += 1);
    for (let n = 0; n < 40; n += 1) expect(world.ask("a", "view", "hr").answer).toBe("allow");
    clock.monotonic = still;
    expect(world.decider.shadowCount(id).stride).toBeGreaterThan(1);
    expect(world.log.faults).toContainEqual({ code: "DECIDE_SHADOW_SLOW", fields: { release: id, stride: 2 } });
  });
});

describe("D27: the way back", () => {
  test("D27: one person at once; what it took the place of binds again, and another person agrees afterwards", async () => {
    const first = await released(await publish(tighter));
    const second = await released(await agreed(await rules(TIGHTER.replaceAll("hr", "pay"))));
    expect(world.shelf.release(first)).toMatchObject({ state: "retired", retiredBy: second });
    expect(world.ask("a", "view", "hr").answer).toBe("allow");
    await world.shelf.rollback(second, { by: BOB, because });
    expect(world.ask("a", "view", "hr").answer).toBe("deny");
    const gone = there(world.shelf.release(second));
    expect(gone).toMatchObject({ state: "retired", unconfirmed: { by: BOB, what: "rolled back" } });
    const terms = world.shelf.releaseTermsOf(gone);
    expect(await refusal(world.shelf.agree(second, world.yes(BOB, terms)))).toMatch(/it is your own/);
    await world.shelf.agree(second, world.yes(ADA, terms));
    expect(world.shelf.release(second)).not.toHaveProperty("unconfirmed");
    expect(await refusal(world.shelf.agree(second, world.yes(ADA, terms)))).toMatch(/nothing of it waits/);
  });

  test("D27: back to any set that ever bound somebody, and to no other", async () => {
    const never = await publish(looser);
    await released(await publish(tighter));
    const id = await released(await agreed(await rules(TIGHTER.replaceAll("hr", "pay"))));
    const act = { by: ADA, because };
    expect(await refusal(world.shelf.rollback(id, act, never))).toMatch(/never bound anybody/);
    await world.shelf.rollback(id, act, tighter.digest);
    expect(world.ask("a", "view", "hr")).toMatchObject({ answer: "deny", setDigest: tighter.digest });
  });

  test("D27: what nobody agreed to in a day is said aloud", async () => {
    const id = await released(await publish(tighter));
    await world.shelf.pause(id, { by: ADA, because });
    expect(world.ask("a", "view", "hr").answer).toBe("allow");
    world.clock.advance(24 * 60 * 60_000);
    await expect
      .poll(() => world.log.faults)
      .toEqual([{ code: "DECIDE_UNCONFIRMED", fields: { release: id, what: "paused" } }]);
    world.clock.advance(24 * 60 * 60_000);
    const told = world.recorder.appended.filter((entry) => "name" in entry && entry.name === "policy.unconfirmed");
    expect(told).toMatchObject([{ by: "system", data: { release: id, did: "paused" } }]);
    expect(await refusal(world.shelf.resume(id, { by: ADA, because }))).toBe("done");
    expect(world.ask("a", "view", "hr").answer).toBe("deny");
  });

  test("D27: more denials than it allows itself, against all others in the same time, pause it", async () => {
    const digest = await publish(tighter);
    const id = await released(digest, { percent: 50, rollbackIf: { denyRate: 0.5, windowMs: 60_000 } });
    for (const agent of agents) world.ask(agent);
    expect(world.shelf.release(id)).toMatchObject({ state: "standing" });
    for (const agent of agents) world.ask(agent, "view", "hr");
    for (const agent of agents) world.ask(agent, "view", "hr");
    await expect.poll(() => world.shelf.release(id)?.state).toBe("paused");
    expect(allowed("view", "hr")).toEqual(agents);
    expect(world.recorder.appended.at(-1)).toMatchObject({ name: "policy.paused", by: "system" });
  });
});

describe("what a crash leaves", () => {
  test("D25: a release binds only once it is on the record; what was stored and not yet told is told at the next start", async () => {
    const digest = await publish(tighter);
    world.recorder.fail = () => true;
    await expect(rollout(digest)).rejects.toThrow("the disk is gone");
    expect(world.ask("a", "view", "hr").answer).toBe("allow");
    world.recorder.fail = undefined;
    await world.reopen();
    expect(names()).toEqual(["policy.published", "policy.activated"]);
    expect(world.ask("a", "view", "hr").answer).toBe("deny");
  });

  test.each([
    ["decide.published", "before"],
    ["decide.published", "after"],
    ["decide.settled", "before"],
    ["decide.settled", "after"],
  ] as const)(
    "a crash in %s, %s it is durable: all of a change is there at the next start, or nothing",
    async (at, when) => {
      const isKept = !(at === "decide.published" && when === "before");
      const dies = async (work: () => Promise<unknown>): Promise<void> => {
        const before = [world.shelf.list(), world.ask("a", "execute").answer];
        world.crash = { at, when };
        await expect(work()).rejects.toThrow("the process ended");
        expect([world.shelf.list(), world.ask("a", "execute").answer], "nothing of it counts in this process").toEqual(
          before,
        );
        world.crash = undefined;
        await world.reopen();
      };
      await dies(() => world.shelf.publish(looser, { by: ADA, because }));
      expect(world.shelf.set(looser.digest) !== undefined).toBe(isKept);
      if (!isKept) await publish(looser);

      const terms = world.shelf.termsOf(there(world.shelf.set(looser.digest)));
      await dies(() => world.shelf.approve(looser.digest, world.yes(BOB, terms)));
      expect(there(world.shelf.set(looser.digest)).approved !== undefined).toBe(isKept);
      if (!isKept) await world.shelf.approve(looser.digest, world.yes(BOB, terms));

      await dies(() => rollout(looser.digest));
      expect(world.ask("a", "execute").answer).toBe(isKept ? "allow" : "deny");
      expect(new Set(names())).toEqual(
        new Set(
          isKept
            ? ["policy.published", "policy.approved", "policy.activated"]
            : ["policy.published", "policy.approved"],
        ),
      );
    },
  );

  test("S13: a start whose record does not take what is owed puts nothing in force", async () => {
    const digest = await publish(tighter);
    world.recorder.fail = () => true;
    await expect(rollout(digest)).rejects.toThrow("the disk is gone");
    await expect(world.reopen()).rejects.toThrow("the disk is gone");
    expect(world.ask("a", "view", "hr").answer).toBe("allow");
  });

  test("sets, releases and yeses are there after a start as they were", async () => {
    const id = await released(await agreed(looser), {
      percent: 30,
      scope: { environment: "test" },
      until: world.until(3),
    });
    const before = [world.shelf.list(), allowed("execute")];
    await world.reopen();
    expect([world.shelf.list(), allowed("execute")]).toEqual(before);
    expect(world.ask(allowed("execute")[0] ?? "", "execute").release).toBe(id);
  });

  test("D23: a stored set that does not load denies whom it is for, aloud, until it is rolled back", async () => {
    await world[Symbol.asyncDispose]();
    const broken = {
      problems: [{ code: "x", file: "a.cedar", line: 1, column: 1, text: "cannot be read", blocking: true }],
    };
    let isBroken = false;
    const { loadBundle } = await import("../sets/bundle.ts");
    world = await openShelfWorld({
      load: async (texts) => (isBroken ? broken : loadBundle({ texts, timers: world.clock.timers })),
    });
    const id = await released(await publish(tighter));
    isBroken = true;
    await world.reopen();
    expect(world.ask("a")).toMatchObject({ answer: "deny", reason: "policy_unavailable" });
    expect(names()).toContain("policy.rejected");
    await world.shelf.rollback(id, { by: ADA, because });
    expect(world.ask("a").answer).toBe("allow");
  });
});

test("D25: whatever stands, each agent is bound by exactly one set, and by the same one each time", async () => {
  const sets = [await agreed(looser), await publish(tighter)];
  const scopes = [{}, { environment: "test" }, { environment: "test", server: "files" }] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(1), fc.nat(2), fc.integer({ min: 1, max: 100 })), { maxLength: 3 }),
      async (wishes) => {
        for (const [set, scope, percent] of wishes)
          await rollout(sets[set] ?? base.digest, { percent, scope: scopes[scope] ?? {}, until: world.until(2) });
        const known = new Set<unknown>([base.digest, ...sets]);
        for (const agent of agents.slice(0, 20)) {
          const [one, two] = [world.ask(agent), world.ask(agent)];
          expect(known.has(one.setDigest)).toBe(true);
          expect([two.setDigest, two.release]).toEqual([one.setDigest, one.release]);
        }
      },
    ),
    { numRuns: 10 },
  );
});
