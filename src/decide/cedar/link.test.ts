// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "vitest";
import { member } from "../../core/index.ts";
import { DecideError } from "../errors.ts";
import { ask, LIMITS, openParser, schemaOf } from "../testing/cedar.ts";
import { createEngine } from "./engine.ts";
import { linkTemplate, slotsOf } from "./link.ts";
import type { Policy, SlotName } from "./policy.ts";
import { readPolicy } from "./read-policy.ts";
import type { Schema } from "./schema.ts";
import { EntityUid } from "./value.ts";

const parser = openParser();
let schema: Schema;
let both: Policy;
beforeAll(async () => {
  schema = await schemaOf(
    parser,
    "entity Group; entity User in [Group]; entity File in [Group]; action read appliesTo { principal: User, resource: File };",
  );
  both = await template("permit(principal == ?principal, action, resource is File in ?resource);");
});
afterAll(async () => {
  await parser[Symbol.asyncDispose]();
});

async function template(text: string): Promise<Policy> {
  return readPolicy("template", member(await parser.call({ op: "template", text }), "json") ?? null);
}

function bind(values: Partial<Record<SlotName, EntityUid>>): Map<SlotName, EntityUid> {
  return new Map(Object.entries(values) as [SlotName, EntityUid][]);
}

const U = new EntityUid("User", "u");
const G = new EntityUid("Group", "g");

test("D5: a link puts its entities into the scope and answers under its own id", () => {
  const linked = linkTemplate(both, "link", bind({ "?principal": U, "?resource": G }));
  expect(linked.id).toBe("link");
  const engine = createEngine(schema, [linked], LIMITS);
  const inside = [{ uid: { type: "File", id: "f" }, attrs: {}, parents: [G] }];
  expect(ask(engine, { entities: inside }).satisfied).toEqual([0]);
  expect(ask(engine, { entities: inside, principal: "somebody else" }).satisfied).toEqual([]);
  expect(ask(engine, {}).satisfied).toEqual([]);
});

test("D5: a link binds exactly the slots of its template", async () => {
  const one = await template("permit(principal in ?principal, action, resource);");
  const none = { ...one, principal: { op: "all" } as const };
  expect([...slotsOf(both)]).toEqual(["?principal", "?resource"]);
  expect([...slotsOf(none)]).toEqual([]);
  expect(() => linkTemplate(both, "l", bind({ "?principal": U }))).toThrow("?resource is not bound");
  expect(() => linkTemplate(one, "l", bind({ "?principal": U, "?resource": G }))).toThrow("is no slot");
  expect(() => linkTemplate(none, "l", bind({}))).toThrow("has no slots");
});

test("D5: the template itself never decides", () => {
  expect(() => createEngine(schema, [both], LIMITS)).toThrow(DecideError);
});
