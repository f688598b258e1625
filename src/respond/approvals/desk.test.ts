// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { digestOf, parseApprovalId, parseCommitment } from "../../core/index.ts";
import { tables } from "../schema.ts";
import {
  AGENT,
  ANNA,
  BEN,
  CALL,
  decidedIn,
  EMIL,
  ITEM,
  itemFor,
  itemOf,
  OTHER_MANDATE,
  OTHER_STEP,
  openWorld,
  STEP,
  STEPS,
} from "../testing/world.ts";

const UNKNOWN = parseApprovalId("0190b5a2-0000-7000-8000-000000000000");
const ANY_TEXT: unknown = expect.any(String);
const PATIENT = new AbortController().signal;

test("R31: a signed yes makes the call pass once, and its entry holds what a stranger needs to check it", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  expect(world.covers()).toEqual([]);
  expect(await world.yes(id, ANNA)).toEqual({ state: "approved" });
  expect(world.covers()).toEqual([id]);
  expect(await world.spend(id)).toBe("first");
  expect(world.covers()).toEqual([]);
  const view = world.approvals.read(id);
  const [entry] = await decidedIn(world);
  expect(entry).toMatchObject({
    approval: id,
    outcome: "approved",
    digest: view?.digest,
    binding: view?.binding,
    by: ANNA,
  });
  expect(entry).toMatchObject({
    bound: [{ key: ANY_TEXT, assertion: { person: ANNA, acr: "demo", answer: "approve", digest: view?.digest } }],
  });
});

test("E6: an approval that was used does not pass a second call", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  expect(await world.spend(id)).toBe("first");
  expect(await world.spend(id)).toBe("taken");
});

test("E6: of two calls that claim at once one passes", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  const claims = await Promise.all([world.spend(id), world.spend(id), world.spend(id)]);
  expect(claims.toSorted()).toEqual(["first", "taken", "taken"]);
});

test("E5: the call that claimed an approval still finds it when it is judged again, and no other does", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  const by = world.newEntryId();
  await world.approvals.claim("approval", id, by);
  expect(world.covers({ claimedBy: by })).toEqual([id]);
  expect(world.covers({ claimedBy: world.newEntryId() })).toEqual([]);
});

test("R30: a remedy that allows two uses gives two, and not three", async () => {
  await using world = await openWorld();
  const id = await world.granted(itemOf(1, { uses: 2 }));
  expect([await world.spend(id), await world.spend(id), await world.spend(id)]).toEqual(["first", "first", "taken"]);
});

test.each([
  ["arguments", { argsDigest: parseCommitment(`c1:${"b".repeat(43)}`) }],
  ["traces", { interaction: digestOf({ traces: ["other"] }) }],
  ["resource", { resource: { type: "File", id: "files/payments/2042.json" } }],
  ["action", { action: "share" }],
  ["step", { step: OTHER_STEP }],
  ["mandate", { mandate: OTHER_MANDATE }],
] as const)("R32: an approval does not cover a call with other %s", async (_what, change) => {
  await using world = await openWorld();
  await world.granted();
  expect(world.covers(change)).toEqual([]);
});

test("D39: the evidence names the policy that asked and the context it was bound to", async () => {
  await using world = await openWorld();
  await world.granted();
  expect(world.approvals.evidence(CALL)).toMatchObject([
    { kind: "approval", policy: ITEM.policyDigest, principal: AGENT, binds: { tool: "write_file" }, uses: 1 },
  ]);
});

test("R32: when the policy that asked is no longer in force, its questions and its approvals are void", async () => {
  await using world = await openWorld();
  const granted = await world.granted();
  const asked = await world.ask(itemFor({ step: OTHER_STEP }));
  expect(world.approvals.keepPolicies(new Set([ITEM.policyDigest]))).toBe(0);
  expect(world.approvals.keepPolicies(new Set([digestOf("another policy")]))).toBe(2);
  expect(world.covers()).toEqual([]);
  expect(await world.spend(granted)).toBe("taken");
  expect(world.approvals.read(asked)?.state).toBe("cancelled");
});

test.each([
  ["the caller", { kind: "identity", id: AGENT }],
  ["the person who agreed", { kind: "identity", id: ANNA }],
  ["the running copy", { kind: "instance", id: CALL.instance }],
  ["the mandate", { kind: "mandate", id: CALL.mandate ?? "" }],
  ["the step", { kind: "step", id: STEP }],
] as const)("R32: containing or closing %s voids an approval that was not used", async (_what, key) => {
  await using world = await openWorld();
  const id = await world.granted();
  expect(world.approvals.voidFor([{ ...key, id: `${key.id}0` }], "not this one")).toBe(0);
  expect(world.approvals.voidFor([key], "contained")).toBe(1);
  expect(world.covers()).toEqual([]);
  expect(await world.spend(id)).toBe("taken");
  expect(await decidedIn(world)).toMatchObject([{ outcome: "approved" }, { outcome: "cancelled", why: "contained" }]);
});

test("R31: a no ends the question at once, and a later yes changes nothing", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  expect(world.approvals.refuse(id, ANNA, "not this month")).toEqual({ state: "denied" });
  expect(await world.yes(id, BEN)).toEqual({ refused: "approval_decided" });
  expect(world.approvals.refuse(id, BEN, "nor next")).toEqual({ refused: "approval_decided" });
  expect(world.covers()).toEqual([]);
  expect(await decidedIn(world)).toMatchObject([{ outcome: "denied", why: "not this month", by: ANNA }]);
});

test("R31: the same call asked again after a no finds the no, and people are not asked twice", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  world.approvals.refuse(id, ANNA, "no");
  expect(await world.ask()).toBe(id);
  expect(await world.approvals.wait(id, 1000, PATIENT)).toBe("denied");
});

test("R31: a no that comes while a yes is being written stands, also after a restart", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  const { promise, resolve } = Promise.withResolvers<void>();
  world.disks.recordWaits = promise;
  const yes = world.yes(id, ANNA);
  await expect.poll(async () => (await decidedIn(world)).length).toBe(1);
  expect(world.approvals.refuse(id, BEN, "stop")).toEqual({ state: "denied" });
  resolve();
  expect(await yes).toEqual({ refused: "approval_decided" });
  expect(world.covers()).toEqual([]);
  await world.kill();
  expect(world.approvals.read(id)?.state).toBe("denied");
  expect(world.covers()).toEqual([]);
});

test("L15: a yes does not count before its entry is durable", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  const { promise, resolve } = Promise.withResolvers<void>();
  world.disks.recordWaits = promise;
  const yes = world.yes(id, ANNA);
  await expect.poll(async () => (await decidedIn(world)).length).toBe(1);
  expect(world.covers()).toEqual([]);
  expect(await world.spend(id)).toBe("taken");
  resolve();
  expect(await yes).toEqual({ state: "approved" });
  expect(world.covers()).toEqual([id]);
});

test("R31: a question nobody answers expires, which its waiter is told", async () => {
  await using world = await openWorld();
  const id = await world.ask(itemOf(1, { ttlMs: 20_000 }));
  const held = world.approvals.wait(id, 25_000, PATIENT);
  world.clock.advance(20_000);
  expect(await held).toBe("expired");
  expect(await world.yes(id, ANNA)).toEqual({ refused: "approval_expired" });
  expect(await decidedIn(world)).toMatchObject([{ outcome: "expired" }]);
});

test("R31: a yes that comes late is refused though no timer has run", async () => {
  await using world = await openWorld();
  const id = await world.ask(itemOf(1, { ttlMs: 20_000 }));
  world.clock.step(20_000);
  expect(await world.yes(id, ANNA)).toEqual({ refused: "approval_expired" });
});

test("E5: an approval that is over passes nothing, claimed or not", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  const by = world.newEntryId();
  await world.approvals.claim("approval", id, by);
  world.clock.step(15 * 60_000);
  expect(world.covers({ claimedBy: by })).toEqual([]);
  expect(await world.approvals.claim("approval", id, world.newEntryId())).toBe("taken");
});

test("R31: setting the wall clock back gives no approval more time", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  world.clock.step(-3_600_000);
  world.clock.advance(15 * 60_000);
  expect(world.covers()).toEqual([]);
  expect(await world.spend(id)).toBe("taken");
});

test("R30: no remedy keeps a question open for longer than the ceiling", async () => {
  await using world = await openWorld();
  const id = await world.ask(itemOf(1, { ttlMs: 48 * 3_600_000 }));
  const view = world.approvals.read(id);
  expect((view?.expires ?? 0) - (view?.opened ?? 0)).toBe(24 * 3_600_000);
});

test("E29: a waiter learns of the yes, of nothing after its time, and goes when the caller does", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  const caller = new AbortController();
  const held = [world.approvals.wait(id, 60_000, PATIENT), world.approvals.wait(id, 60_000, caller.signal)];
  const short = world.approvals.wait(id, 5000, PATIENT);
  world.clock.advance(5000);
  expect(await short).toBe("pending");
  caller.abort();
  expect(await held[1]).toBe("pending");
  await world.yes(id, ANNA);
  expect(await held[0]).toBe("approved");
  expect(await world.approvals.wait(id, 60_000, PATIENT)).toBe("approved");
  expect(await world.approvals.wait(UNKNOWN, 60_000, PATIENT)).toBe("cancelled");
});

test("E29: the same call asked again, at once or later, is one question", async () => {
  await using world = await openWorld();
  const [a, b] = await Promise.all([world.ask(), world.ask()]);
  expect(a).toBe(b);
  expect(await world.ask()).toBe(a);
  await world.yes(a, ANNA);
  expect(await world.ask()).toBe(a);
  await world.spend(a);
  expect(await world.ask()).not.toBe(a);
});

test("R36: an identity with five open questions cannot ask a sixth, also where it asks all at once", async () => {
  await using world = await openWorld();
  const opened = await Promise.all(STEPS.map((step) => world.approvals.open(itemFor({ step }))));
  expect(opened.filter((o) => "id" in o)).toHaveLength(5);
  expect(opened.slice(5)).toEqual([{ refused: "approvals_flooded" }, { refused: "approvals_flooded" }]);
  const [first] = world.approvals.list({ pending: true });
  world.approvals.refuse(first?.id ?? UNKNOWN, ANNA, "no");
  expect(await world.approvals.open(itemFor({ mandate: OTHER_MANDATE }))).toHaveProperty("id");
});

test("R29: the queue shows what is signed: its digest is that of the binding, and what was undecided only", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  const [view] = world.approvals.list({ pending: true });
  expect(view).toMatchObject({ id, state: "pending", item: ITEM, need: 1, agreed: [] });
  expect(view?.digest).toBe(digestOf(view?.binding ?? null));
  await world.yes(id, ANNA);
  expect(world.approvals.list({ pending: true })).toEqual([]);
  expect(world.approvals.list({ pending: false })).toMatchObject([{ id, state: "approved", agreed: [ANNA] }]);
});

test("E53: the text of the arguments goes when the question is decided, from memory and from the row", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  expect(world.approvals.read(id)?.item).not.toHaveProperty("display");
  await world.kill();
  expect(world.approvals.read(id)?.item).not.toHaveProperty("display");
});

test("section 4: with the store down nothing is asked, and what was asked before can still be refused", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  world.disks.storeFails = true;
  expect(await world.approvals.open(itemFor({ step: OTHER_STEP }))).toEqual({ refused: "approvals_unavailable" });
  expect(world.approvals.refuse(id, ANNA, "no")).toEqual({ state: "denied" });
  await decidedIn(world);
  await world.kill();
  expect(world.approvals.read(id)?.state).toBe("denied");
});

test("section 4: with the record down no yes counts, and the question stays open", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  world.disks.recordFails = true;
  expect(await world.yes(id, ANNA)).toEqual({ refused: "approvals_unavailable" });
  expect(world.approvals.read(id)).toMatchObject({ state: "pending", agreed: [] });
  world.disks.recordFails = false;
  expect(await world.yes(id, ANNA)).toEqual({ state: "approved" });
});

test("section 4: a first yes of two that could not be kept does not count", async () => {
  await using world = await openWorld();
  const id = await world.ask(itemOf(2));
  world.disks.storeFails = true;
  expect(await world.yes(id, ANNA)).toEqual({ refused: "approvals_unavailable" });
  world.disks.storeFails = false;
  expect(await world.yes(id, BEN)).toEqual({ state: "pending" });
});

test("R29: what the desk cannot ask rightly it does not ask", async () => {
  await using world = await openWorld();
  const open = (change: object) => world.approvals.open({ ...ITEM, challenge: { ...ITEM.challenge, ...change } });
  expect(await open({ kind: "step_up" })).toEqual({ refused: "challenge_unsupported" });
  expect(await open({ uses: 0 })).toEqual({ refused: "challenge_malformed" });
  expect(await open({ approvers: { group: "approver", count: 0, notRequester: true } })).toEqual({
    refused: "challenge_malformed",
  });
  expect(await open({ approvers: { group: "approver", count: 9, notRequester: true } })).toEqual({
    refused: "challenge_malformed",
  });
  expect(await open({ binds: ["labels"] })).toEqual({ refused: "challenge_malformed" });
  expect(await world.approvals.open({ ...ITEM, binds: { tool: "x".repeat(25_000) } })).toEqual({
    refused: "approval_too_large",
  });
});

test("K1: one entry uses up one use, and only what is claimed as an approval is one", async () => {
  await using world = await openWorld();
  const id = await world.granted(itemOf(1, { uses: 2 }));
  const by = world.newEntryId();
  const claims = [
    await world.approvals.claim("token", id, by),
    await world.approvals.claim("approval", id, by),
    await world.approvals.claim("approval", id, by),
    await world.approvals.claim("approval", id, world.newEntryId()),
  ];
  expect(claims).toEqual(["taken", "first", "taken", "first"]);
});

test("R32: an order that stops everything voids everything", async () => {
  await using world = await openWorld();
  await world.granted();
  expect(world.approvals.voidFor([{ kind: "all", id: "all" }], "stopped")).toBe(1);
  expect(world.covers()).toEqual([]);
});

test("section 4: a row that could not be written is written once the store works again", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  world.disks.storeFails = true;
  world.approvals.refuse(id, ANNA, "no");
  await expect.poll(() => world.log.faults.map(({ code }) => code)).toContain("RESPOND_NOT_SAVED");
  world.disks.storeFails = false;
  world.clock.advance(1000);
  const row = () => tables(world.store.read).selectFrom("respond_approval").select("state").executeTakeFirst();
  await expect.poll(row).toEqual({ state: "denied" });
});

test("E29: a caller that has gone already does not wait", async () => {
  await using world = await openWorld();
  expect(await world.approvals.wait(await world.ask(), 60_000, AbortSignal.abort())).toBe("pending");
});

test("R32: knowing an id grants nothing", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  expect(await world.approvals.claim("approval", id, world.newEntryId())).toBe("taken");
  expect(await world.approvals.claim("approval", UNKNOWN, world.newEntryId())).toBe("taken");
  expect(world.approvals.refuse(UNKNOWN, ANNA, "no")).toEqual({ refused: "approval_unknown" });
  expect(world.approvals.refuse(id, AGENT, "no")).toEqual({ refused: "approver_not_human" });
  world.approvals.cancel(id, "the client declined");
  expect(await world.yes(id, EMIL)).toEqual({ refused: "approval_decided" });
});

test("section 4: an ended question can be read for an hour, then memory forgets it", async () => {
  await using world = await openWorld();
  const id = await world.ask();
  world.clock.advance(15 * 60_000);
  expect(world.approvals.read(id)?.state).toBe("expired");
  world.clock.advance(3_600_000);
  expect(world.approvals.read(id)).toBeUndefined();
});
