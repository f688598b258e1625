// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Effect, FEED_EFFECTS, parseFindingId, parseOrderId, type ScopeKey } from "../../core/index.ts";
import { turns } from "../../record/testing/rooms.ts";
import {
  AGENT,
  ANNA,
  BEN,
  CARA,
  ENTRY,
  finding,
  openWorld,
  SCOPE,
  told,
  type World,
} from "../testing/contain-world.ts";
import { RULES_TEXT } from "../testing/contained.ts";
import { readResponseRules } from "./rules.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

describe("release", () => {
  const why = "the cause is found";

  test("R41: who ordered it does not end it, no machine does, and it needs a reason", async () => {
    const { id } = await world.contain();
    expect(await world.room.release(id, { by: ANNA, because: why })).toMatchObject({ refused: "release_by_orderer" });
    expect(await world.room.release(id, { by: AGENT, because: why })).toMatchObject({ refused: "release_by_machine" });
    expect(await world.room.release(id, { by: BEN, because: "" })).toMatchObject({ refused: "because_missing" });
    expect(world.effect()).toBe("isolate");
  });

  test("R42: another person ends it: isolated to suspended, and what was given before stays dead", async () => {
    const { id, orderedAt } = await world.contain();
    world.clock.advance(10);
    const signed = world.key.approve(world.room.terms(id) ?? ({} as never));
    const done = await world.room.release(id, { by: BEN, because: why, assertion: signed });
    expect(done).toMatchObject({ order: { state: "released", asks: [{ by: BEN, acr: "demo" }] }, waits: [] });
    expect(world.identities.moves).toEqual([`isolate ${AGENT}`, `release ${AGENT}`]);
    expect(world.feed.effect([SCOPE], orderedAt).effect).toBe("isolate");
    expect(world.effect()).toBe("none");
    expect(await world.room.release(id, { by: CARA, because: why })).toMatchObject({ refused: "order_released" });
    expect(await told(world, "identity.released")).toMatchObject([{ by: BEN, data: { asks: [{ acr: "demo" }] } }]);
  });

  test("a signature under another order, or by somebody else, ends nothing", async () => {
    const first = await world.contain();
    const second = await world.contain({ effect: "throttle" });
    const signed = world.key.approve(world.room.terms(second.id) ?? ({} as never));
    const by = { because: why, assertion: signed };
    expect(await world.room.release(first.id, { ...by, by: BEN })).toMatchObject({ refused: "release_unverifiable" });
    expect(await world.room.release(second.id, { ...by, by: CARA })).toMatchObject({ refused: "release_unverifiable" });
    expect(await world.room.release(second.id, { ...by, by: BEN })).toHaveProperty("order");
    // R10: only that one
    expect(world.effect()).toBe("isolate");
  });

  test("R41: after a sign of theft, keys from before are replaced, or two people say why not", async () => {
    world.identities.copies.set(AGENT, [`${AGENT}/1`]);
    world.room.on(finding());
    await turns(20);
    const [order] = world.room.list({ active: true });
    const id = order?.id ?? parseOrderId("");
    const first = await world.room.release(id, { by: BEN, because: why });
    expect(first).toMatchObject({ order: { state: "effective" }, waits: [{ name: "keys-reissued" }] });
    expect(await world.room.release(id, { by: BEN, because: why })).toMatchObject({ refused: "release_twice" });
    expect(world.effect()).toBe("isolate");
    expect(await world.room.release(id, { by: CARA, because: why })).toMatchObject({ order: { state: "released" } });
    // the other way: with the old copy gone, one person is enough
    world.room.on(finding({ id: parseFindingId("B".repeat(26)) }));
    world.identities.copies.set(AGENT, [`${AGENT}/2`]);
    await turns(20);
    const [again] = world.room.list({ active: true });
    expect(await world.room.release(again?.id ?? id, { by: BEN, because: why })).toMatchObject({ waits: [] });
  });

  test("R42: an isolated step, task, key or copy never comes back", async () => {
    for (const kind of ["jti", "step", "mandate", "txn", "jkt", "instance"] as const) {
      const { id } = await world.contain({ scope: { kind, id: "x" } });
      expect(await world.room.release(id, { by: BEN, because: why })).toMatchObject({ refused: "release_never" });
    }
  });

  test("R13: a lifting that cannot be written down does not happen until it can", async () => {
    const { id } = await world.contain();
    world.feed.fails = true;
    expect(await world.room.release(id, { by: BEN, because: why })).toMatchObject({ refused: "release_unavailable" });
    expect([world.effect(), world.room.get(id)?.state]).toEqual(["isolate", "releasing"]);
    world.feed.fails = false;
    await world.room.tend();
    expect([world.effect(), world.room.get(id)?.state]).toEqual(["none", "released"]);
    expect(await told(world, "identity.released")).toHaveLength(1);
  });

  test("R42: what comes back comes back with less, by another person than who released it", async () => {
    const { id } = await world.contain();
    expect(await world.room.resume(id, { by: CARA, because: why })).toMatchObject({ refused: "resume_refused" });
    await world.room.release(id, { by: BEN, because: why });
    expect(await world.room.resume(id, { by: BEN, because: why })).toMatchObject({ refused: "resume_refused" });
    expect(await world.room.resume(id, { by: CARA, because: why })).toMatchObject({
      order: { effect: "read-only", by: [CARA], state: "effective" },
    });
    expect(world.effect()).toBe("read-only");
    expect(world.identities.moves.at(-1)).toBe(`resume ${AGENT}`);
  });
});

const scopesBound = (): readonly string[] =>
  world.room
    .list({ active: true })
    .map(({ effect, scope }) => `${effect} ${scope.kind}`)
    .toSorted();

const changed = (from: string, to: string) => () => readResponseRules("r.yaml", RULES_TEXT.replace(from, to));

describe("findings", () => {
  test.each([
    ["a decoy that was used", {}, ["isolate identity"]],
    ["a copy of a decoy that was used", { code: "used-copy" }, ["isolate instance", "isolate txn"]],
    ["a decoy that was read", { code: "opened" }, []],
    ["a forked key", { detector: "fork", code: "proof-replayed" }, ["isolate instance", "isolate jkt"]],
    ["a token of somebody else", { detector: "credential-misuse", code: "wrong-key" }, ["isolate jti"]],
    ["a changed tool", { detector: "tool-drift", code: "changed" }, ["isolate tool"]],
    ["a new tool", { detector: "tool-drift", code: "appeared" }, ["challenge tool"]],
    ["evasion", { detector: "after-containment", code: "evades" }, ["challenge identity"]],
    ["an act after an order", { detector: "after-containment", code: "acted" }, []],
  ] as const)("R1: %s", async (_what, change, bound) => {
    world.room.on(finding(change));
    expect(scopesBound()).toEqual(bound);
    await turns();
  });

  test("R1: what nobody orders by itself waits for a person, with the reason, and is never silence", () => {
    const opened = finding({ code: "opened" });
    world.room.on(opened);
    expect(world.room.responseTo(opened)).toMatchObject({
      orders: [],
      proposal: { rule: "decoy-opened", act: false, why: "the rule says that a person decides" },
    });
  });

  test("R4: more isolations by themselves than may be: challenged, and a person decides", async () => {
    world.identities.total = 3;
    for (let n = 0; n < 7; n++) {
      const scope: ScopeKey = { kind: "identity", id: `${AGENT}-${n}` };
      world.room.on(finding({ id: parseFindingId("ABCDEFG".charAt(n).repeat(26)), scopes: [scope] }));
    }
    expect(scopesBound()).toEqual([
      ...Array.from({ length: 2 }, () => "challenge identity"),
      ...Array.from({ length: 5 }, () => "isolate identity"),
    ]);
    await turns(20);
  });

  test("the same finding again, with more evidence, is the same order; its time is from the arrival of the call", async () => {
    const arrived = world.clock.monotonic();
    const flight = world.room.flights.enter([SCOPE], new AbortController(), { id: ENTRY, effect: true, arrived });
    world.clock.advance(4);
    world.room.on(finding());
    flight.leave();
    world.room.on(finding({ v: 2 }));
    await turns(20);
    const [order, ...more] = world.room.list({ active: true });
    expect(more).toEqual([]);
    expect(order).toMatchObject({
      automatic: true,
      by: ["system"],
      rule: "decoy-used",
      triggerMs: 4,
      state: "effective",
    });
    expect(world.room.responseTo(finding()).orders).toEqual([order?.id]);
  });

  test("a sign that was dealt with orders nothing again because a milder one is added to its finding", async () => {
    const [used] = finding().reasons;
    if (used === undefined) throw new Error("a finding has a reason");
    world.room.on(finding({ v: 2, reasons: [used, { ...used, code: "opened" }] }));
    expect(scopesBound()).toEqual([]);
    world.room.on(finding({ v: 3, reasons: [used, { ...used, code: "opened" }, used] }));
    expect(scopesBound()).toEqual(["isolate identity"]);
    await turns();
  });

  test("R2: rules that name nothing known, or twice the same, are refused", () => {
    expect(changed("detector: fork", "detector: spoon")).toThrow("when.detector");
    expect(changed("id: key-forked", "id: decoy-used")).toThrow("two rules are called decoy-used");
    expect(changed("isolate: certain", "isolate: maybe")).toThrow("reading response rules r.yaml");
  });
});

test("R10: whatever is ordered and released, the strictest order that is left binds", async () => {
  const orders = fc.array(fc.tuple(fc.constantFrom(...FEED_EFFECTS.slice(1)), fc.boolean()), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(orders, fc.nat(1_000_000), async (all, n) => {
      const scope: ScopeKey = { kind: "blueprint", id: `b-${n}-${world.feed.rows.length}` };
      const left = new Set<Effect>();
      for (const [effect, isReleased] of all) {
        if (effect === "none") continue;
        const { id } = await world.contain({ effect, scope });
        left.add(effect);
        if (!isReleased) continue;
        await world.room.release(id, { by: BEN, because: "a test" });
        left.delete(effect);
      }
      expect(world.effect([scope])).toBe(FEED_EFFECTS.findLast((effect) => left.has(effect)) ?? "none");
    }),
    { numRuns: 40 },
  );
});
