// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import type { DeskItem, IdentityId } from "../../core/index.ts";
import { createDemoKey } from "../index.ts";
import { AGENT, ANNA, BEN, CARA, DORA, EMIL, ITEM, itemFor, itemOf, openWorld } from "../testing/world.ts";

const twice = itemOf(2);
const cases: readonly [string, DeskItem, IdentityId, string][] = [
  ["the person for whom it is asked", ITEM, CARA, "approver_is_requester"],
  ["a person without the role", ITEM, EMIL, "approver_not_in_group"],
  ["a person who handed the task on", { ...ITEM, actors: [BEN] }, BEN, "approver_in_chain"],
  ["a person who asks for themself", itemFor({ principal: BEN }), BEN, "approver_is_requester"],
  ["the sponsor, where two must agree", twice, DORA, "approver_is_sponsor"],
  ["a holder of another group", { ...ITEM, challenge: groupOf("counsel") }, ANNA, "approver_not_in_group"],
];

function groupOf(group: string): DeskItem["challenge"] {
  return { ...ITEM.challenge, approvers: { group, count: 1, notRequester: true } };
}

test.each(cases)("R33: the yes of %s does not count", async (_who, item, person, refused) => {
  await using world = await openWorld();
  const id = await world.ask(item);
  expect(await world.yes(id, person)).toEqual({ refused });
  expect(world.approvals.read(id)).toMatchObject({ state: "pending", agreed: [] });
  expect(world.covers(item.call)).toEqual([]);
});

test("R33: the sponsor may agree where one person is enough", async () => {
  await using world = await openWorld();
  expect(await world.yes(await world.ask(), DORA)).toEqual({ state: "approved" });
});

test.each([
  ["a remedy that says so, and four eyes are asked for", true, false, { refused: "approver_is_requester" }],
  ["a remedy that does not say so", false, true, { refused: "approver_is_requester" }],
  ["a remedy that says so, where four eyes are off", false, false, { state: "approved" }],
])("R33, D36: the person for whom it is asked, by %s", async (_, fourEyes, notRequester, became) => {
  await using world = await openWorld({ fourEyes });
  const approvers = { group: "approver", count: 1, notRequester };
  expect(await world.yes(await world.ask(itemOf(1, { approvers })), CARA)).toEqual(became);
});

test("R33: a machine cannot agree, even with a key that is trusted", async () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const machine = createDemoKey(privateKey, AGENT);
  await using world = await openWorld({ signers: [machine] });
  world.holders.add(AGENT);
  const id = await world.ask(itemFor({ principal: BEN }));
  const view = world.approvals.read(id);
  expect(view && (await world.approvals.approve(id, machine.approve(view)))).toEqual({ refused: "approver_not_human" });
});

test("R33: where two must agree one yes is not enough, and the same person cannot give both", async () => {
  await using world = await openWorld();
  const id = await world.ask(twice);
  expect(await world.yes(id, ANNA)).toEqual({ state: "pending" });
  expect(world.covers()).toEqual([]);
  expect(await world.yes(id, ANNA)).toEqual({ refused: "approver_twice" });
  expect(world.approvals.read(id)).toMatchObject({ need: 2, agreed: [ANNA] });
  expect(await world.yes(id, BEN)).toEqual({ state: "approved" });
  expect(world.covers()).toEqual([id]);
});

test("R33: two people cannot agree with one key", async () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const [anna, ben] = [createDemoKey(privateKey, ANNA), createDemoKey(privateKey, BEN)];
  await using world = await openWorld({ signers: [anna, ben] });
  const id = await world.ask(twice);
  const view = world.approvals.read(id);
  if (view === undefined) throw new Error("the question is there");
  expect(await world.approvals.approve(id, anna.approve(view))).toEqual({ state: "pending" });
  expect(await world.approvals.approve(id, ben.approve(view))).toEqual({ refused: "approver_twice" });
});

test("R33: two who agree at the same moment are counted one after the other", async () => {
  await using world = await openWorld();
  const id = await world.ask(twice);
  const answers = await Promise.all([world.yes(id, ANNA), world.yes(id, BEN)]);
  expect(answers).toEqual([{ state: "pending" }, { state: "approved" }]);
});

test("R32: an approver who loses the role before the approval is used makes it void", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  world.holders.delete(ANNA);
  expect(world.covers()).toEqual([]);
  expect(await world.spend(id)).toBe("taken");
});

test("R32: the same for an approver who is no longer active", async () => {
  await using world = await openWorld();
  const id = await world.granted();
  world.active.delete(ANNA);
  expect(world.covers()).toEqual([]);
  expect(await world.spend(id)).toBe("taken");
});

test("R33: a first yes does not count when its giver lost the role before the second", async () => {
  await using world = await openWorld();
  const id = await world.ask(twice);
  await world.yes(id, ANNA);
  world.holders.delete(ANNA);
  expect(await world.yes(id, BEN)).toEqual({ state: "pending" });
  expect(world.approvals.read(id)).toMatchObject({ agreed: [BEN] });
});
