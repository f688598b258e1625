// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import {
  type Decider,
  type Decision,
  type EntityJson,
  type JsonObject,
  parseDomainId,
  parsePointId,
  type Question,
  type Ref,
} from "../core/index.ts";
import { fakeClock, fakeLog } from "../core/testing/system.ts";
import { createDecider, type PolicyControl } from "./decider.ts";
import type { Bundle } from "./sets/bundle.ts";
import { caseContext } from "./sets/case-context.ts";
import { bundleOf } from "./testing/bundle.ts";

const MAIN = parseDomainId("main");
const clock = fakeClock();

/** Every tier, and policies that err on demand: `destination.jurisdiction` says which of them hold. */
const RULES = `
@id("reads") permit (principal is Agent, action in Action::"read", resource is Document);
@id("no-hr") @reason("Not for agents.") forbid (principal, action in Action::"read", resource in Collection::"hr");
@id("noted") @answer("log") forbid (principal, action in Action::"read", resource)
when { context.destination.jurisdiction == "LOG" };
@id("bad-permit") permit (principal, action in Action::"read", resource)
when { context.destination.jurisdiction == "PERMIT" && context.auth.age + 9223372036854775807 > 0 };
@id("bad-forbid") forbid (principal, action in Action::"read", resource)
when { context.destination.jurisdiction == "FORBID" && context.auth.age + 9223372036854775807 > 0 };
@id("bad-log") @answer("log") forbid (principal, action in Action::"read", resource)
when { context.destination.jurisdiction == "BADLOG" && resource is Tool && resource.effect == "none" };
@id("tools") permit (principal, action in Action::"read", resource is Tool);
`;

let bundle: Bundle;
beforeAll(async () => {
  bundle = await bundleOf({ "10-rules.cedar": RULES });
});

function decider(): Decider & PolicyControl & { readonly faults: readonly unknown[] } {
  const log = fakeLog();
  const made = createDecider({ clock, log });
  made.swap(MAIN, bundle.set);
  return { ...made, faults: log.faults };
}

const AGENT = { type: "Agent", id: "spiffe://demo/agent/a" };
const DOCUMENT = { type: "Document", id: "notes/monday.md" };
const ATTRS: JsonObject = {
  status: "active",
  expires: { __extn: { fn: "datetime", arg: "2027-01-01T00:00:00Z" } },
  environment: "test",
  jurisdiction: "DE",
  purpose: "tests",
  synthetic: false,
};

/** An ordinary call; `jurisdiction` is the destination's, other members are replaced whole. */
function context(jurisdiction = "DE", more: JsonObject = {}): JsonObject {
  return { ...caseContext(clock.now(), { server: "notes", destination: { jurisdiction } }), ...more };
}

function question(more: Partial<Question> = {}, attrs: JsonObject = ATTRS): Question {
  const entities: readonly EntityJson[] = [
    { uid: AGENT, attrs, parents: [{ type: "Blueprint", id: "helper" }] },
    { uid: DOCUMENT, attrs: {}, parents: [{ type: "Collection", id: "notes" }] },
    { uid: { type: "Document", id: "hr/pay.md" }, attrs: {}, parents: [{ type: "Collection", id: "hr" }] },
  ];
  return {
    domain: MAIN,
    principal: AGENT,
    action: "view",
    resource: DOCUMENT,
    context: context(),
    entities,
    pep: { id: parsePointId("test/mcp") },
    at: clock.now(),
    ...more,
  };
}

function ids(decision: Decision): readonly string[] {
  return decision.policies.map(({ id }) => id);
}

test("D30: what a permit grants and no forbid stops is allowed, with the policy and its place", () => {
  const decision = decider().decide(question());
  expect(decision).toMatchObject({
    answer: "allow",
    reason: "permitted",
    mode: "enforce",
    errors: [],
    at: clock.now(),
  });
  expect(decision.policies).toEqual([
    {
      id: "reads",
      effect: "permit",
      tier: "permit",
      file: "10-rules.cedar",
      line: 2,
      digest: bundle.policies[0]?.digest,
    },
  ]);
  expect(decision.setDigest).toBe(bundle.digest);
});

test("D30: without a permit the answer is deny", () => {
  const decision = decider().decide(question({ action: "execute" }));
  expect(decision).toMatchObject({ answer: "deny", reason: "no_permit", policies: [] });
});

test("D29: a forbid denies whatever permits say, and says why", () => {
  const decision = decider().decide(question({ resource: { type: "Document", id: "hr/pay.md" } }));
  expect(decision).toMatchObject({ answer: "deny", reason: "forbidden" });
  expect(decision.policies).toMatchObject([{ id: "no-hr", tier: "deny", reason: "Not for agents." }]);
});

test('D29: a forbid with @answer("log") is discharged by the record', () => {
  const decision = decider().decide(question({ context: context("LOG") }));
  expect(decision).toMatchObject({ answer: "log", reason: "logged" });
  expect(ids(decision)).toEqual(["reads", "noted"]);
});

test("D30: an error in a permit is skipped and named", () => {
  const decision = decider().decide(question({ context: context("PERMIT") }));
  expect(decision).toMatchObject({ answer: "allow", errors: [{ policy: "bad-permit", code: "overflow" }] });
});

test("D30: an error in a forbid of any tier denies", () => {
  const hard = decider().decide(question({ context: context("FORBID") }));
  expect(hard).toMatchObject({
    answer: "deny",
    reason: "forbid_error",
    errors: [{ policy: "bad-forbid", code: "overflow" }],
  });
  const tool = { type: "Tool", id: "notes/search" };
  const soft = decider().decide(question({ context: context("BADLOG"), resource: tool }));
  expect(soft).toMatchObject({
    answer: "deny",
    reason: "forbid_error",
    errors: [{ policy: "bad-log", code: "no_entity" }],
  });
  expect(ids(soft)).toEqual(["bad-log"]);
});

test.each([
  ["not active", { ...ATTRS, status: "suspended" }, "identity_not_active"],
  ["of a status nobody knows", { ...ATTRS, status: "Active" }, "identity_not_active"],
  ["expired", { ...ATTRS, expires: "2026-12-06T09:00:00Z" }, "identity_expired"],
])("D12: no bundle can allow an identity that is %s", (_, attrs, reason) => {
  expect(decider().decide(question({}, attrs))).toMatchObject({ answer: "deny", reason, policies: [] });
});

test("D12: an identity that nobody described is unknown", () => {
  const stranger = { type: "Agent", id: "spiffe://demo/agent/stranger" };
  expect(decider().decide(question({ principal: stranger }))).toMatchObject({
    answer: "deny",
    reason: "identity_unknown",
  });
});

test.each<[string, Partial<Question>, string]>([
  ["an unknown action", { action: "fly" }, "unknown_action"],
  ["a group of actions", { action: "read" }, "unknown_type"],
  ["a principal of an unknown type", { principal: { type: "Robot", id: "r" } }, "unknown_type"],
  ["a resource of an unknown type", { resource: { type: "Planet", id: "p" } }, "unknown_type"],
  ["a principal where a resource belongs", { resource: AGENT }, "unknown_type"],
  ["a context with a member nobody declared", { context: context("DE", { extra: 1 }) }, "input_context"],
  ["a context with a missing member", { context: {} }, "input_context"],
  ["a context with a null", { context: context("DE", { facet: null }) }, "input_context"],
  ["a context with __proto__", { context: JSON.parse('{"__proto__":{"n":1}}') as JsonObject }, "input_context"],
  ["a context of 70,000 bytes", { context: context("DE", { server: "x".repeat(70_000) }) }, "input_limits"],
  ["two bodies for one entity", { entities: [...question().entities, ...question().entities] }, "input_entity"],
  ["half a character in the principal", { principal: { type: "Agent", id: "\ud800" } }, "input_entity"],
  ["half a character in the resource", { resource: { type: "Document", id: "\ud800" } }, "input_entity"],
  [
    "too many entities",
    {
      entities: Array.from({ length: 66 }, (_, n) => ({ uid: { type: "Team", id: `t${n}` }, attrs: {}, parents: [] })),
    },
    "input_limits",
  ],
])("D8: %s is denied", (_, more, reason) => {
  const made = decider();
  expect(made.decide(question(more))).toMatchObject({ answer: "deny", reason, policies: [] });
  expect(made.faults.length > 0).toBe(reason.startsWith("input_"));
});

test("D23: without a set everything is denied, and so with a set of nothing", () => {
  const made = decider();
  made.swap(MAIN, null);
  expect(made.decide(question())).toMatchObject({ answer: "deny", reason: "policy_unavailable", setDigest: null });
  expect(made.current(MAIN)).toBeNull();
  made.swap(MAIN, { ...bundle.set, rules: [] });
  expect(made.decide(question())).toMatchObject({ answer: "deny", reason: "policy_unavailable" });
  expect(made.decide(question({ domain: parseDomainId("other") }))).toMatchObject({ reason: "policy_unavailable" });
});

test("D23: a swap binds the next decision", async () => {
  const stricter = await bundleOf({
    "10-rules.cedar": `${RULES}@id("stop") forbid (principal, action in Action::"read", resource);`,
  });
  const made = decider();
  expect(made.decide(question()).answer).toBe("allow");
  clock.advance(1_000);
  made.swap(MAIN, stricter.set);
  expect(made.decide(question())).toMatchObject({ answer: "deny", setDigest: stricter.digest });
  expect(made.current(MAIN)).toEqual({ digest: stricter.digest, policies: 8, since: clock.now() });
});

test("D38: many resources get the answers that each would get alone, in order", () => {
  const made = decider();
  const resources = [DOCUMENT, { type: "Document", id: "hr/pay.md" }, { type: "Planet", id: "p" }, DOCUMENT];
  const asked = question();
  const one = (resource: Ref): Decision => made.decide({ ...asked, resource });
  expect(made.decideMany(asked, resources).map(alone)).toEqual(resources.map((resource) => alone(one(resource))));
  expect(made.decideMany(asked, [])).toEqual([]);
});

test("D38: a list of many tools may bring an entity for each", () => {
  const tools = Array.from({ length: 200 }, (_, n) => ({ type: "Tool", id: `notes/t${n}` }));
  const entities = tools.map((uid) => ({ uid, attrs: { verb: "view", effect: "none" }, parents: [] }));
  const decisions = decider().decideMany(question({ entities: [...question().entities, ...entities] }), tools);
  expect(new Set(decisions.map(({ answer }) => answer))).toEqual(new Set(["allow"]));
});

test("D44: the same question gets the same decision, byte for byte", () => {
  const [one, other] = [decider().decide(question()), decider().decide(question())];
  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
});

test("D2: whatever a question is made of, the decider answers and never throws", () => {
  const made = decider();
  const piece = fc.option(fc.anything({ maxDepth: 3 }));
  fc.assert(
    fc.property(
      fc.record({ principal: piece, resource: piece, context: piece, entities: piece, action: piece }),
      (pieces) => {
        const decision = made.decide({ ...question(), ...pieces } as Question);
        expect(decision.answer).toBe("deny");
      },
    ),
    { numRuns: 500 },
  );
});

test("D8: a context that contains itself is denied, and the fault is told", () => {
  const circle: Record<string, unknown> = {};
  circle["me"] = circle;
  const made = decider();
  expect(made.decide(question({ context: circle as JsonObject }))).toMatchObject({
    answer: "deny",
    reason: "policy_unavailable",
  });
  expect(made.faults).toMatchObject([{ code: "DECIDE_INTERNAL" }]);
});

/** Apart from what it was asked with. */
function alone({ asked: _asked, ...decision }: Decision): object {
  return decision;
}
