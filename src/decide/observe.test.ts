// SPDX-License-Identifier: Apache-2.0
import { beforeAll, expect, test } from "vitest";
import {
  type Decision,
  type EntityJson,
  type Mode,
  parseDomainId,
  parsePointId,
  type Question,
} from "../core/index.ts";
import { fakeClock, fakeLog } from "../core/testing/system.ts";
import { createDecider } from "./decider.ts";
import type { Bundle } from "./sets/bundle.ts";
import { caseContext } from "./sets/case-context.ts";
import { bundleOf } from "./testing/bundle.ts";

const MAIN = parseDomainId("main");
const clock = fakeClock();
const RULES = `
@id("reads") permit (principal, action in Action::"read", resource is Document);
@id("no-hr") forbid (principal, action in Action::"read", resource in Collection::"hr");
@id("noted") @answer("log") forbid (principal, action in [Action::"summarize"], resource);
`;

let bundle: Bundle;
beforeAll(async () => {
  bundle = await bundleOf({ "10-rules.cedar": RULES });
});

function decide(mode: Mode | undefined, more: Partial<Question> = {}, status = "active"): Decision {
  const decider = createDecider({ clock, log: fakeLog() });
  decider.swap(MAIN, bundle.set);
  const principal = { type: "Agent", id: "spiffe://demo/agent/a" };
  const entities: readonly EntityJson[] = [
    {
      uid: principal,
      attrs: {
        status,
        expires: { __extn: { fn: "datetime", arg: "2027-01-01T00:00:00Z" } },
        environment: "test",
        jurisdiction: "DE",
        purpose: "tests",
        synthetic: false,
      },
      parents: [],
    },
    { uid: { type: "Document", id: "hr/pay.md" }, attrs: {}, parents: [{ type: "Collection", id: "hr" }] },
  ];
  return decider.decide({
    domain: MAIN,
    principal,
    action: "view",
    resource: { type: "Document", id: "notes/monday.md" },
    context: caseContext(clock.now(), { server: "notes" }),
    entities,
    pep: { id: parsePointId("test/mcp") },
    at: clock.now(),
    ...(mode === undefined ? {} : { mode }),
    ...more,
  });
}

const HR = { resource: { type: "Document", id: "hr/pay.md" } } as const;

test("D26: what would be stopped is let through as log, with what it would have been, and why", () => {
  const decision = decide("observe", HR);
  expect(decision).toMatchObject({ answer: "log", would: "deny", mode: "observe", reason: "forbidden" });
  expect(decision.policies.map(({ id }) => id)).toEqual(["no-hr"]);
});

test("D26: without a mode it is enforced", () => {
  expect(decide(undefined, HR)).toMatchObject({ answer: "deny", mode: "enforce" });
  expect(decide(undefined, HR)).not.toHaveProperty("would");
});

test("D26: what passes anyway passes as it is", () => {
  for (const [action, answer] of [
    ["view", "allow"],
    ["summarize", "log"],
  ] as const) {
    const decision = decide("observe", { action });
    expect(decision).toMatchObject({ answer, mode: "observe" });
    expect(decision).not.toHaveProperty("would");
  }
});

test("D12: what no bundle can permit is denied, observed or not", () => {
  const decision = decide("observe", {}, "suspended");
  expect(decision).toMatchObject({ answer: "deny", reason: "identity_not_active" });
  expect(decision).not.toHaveProperty("would");
});

test("D23: without a set nothing is observed: there is nothing that could have judged", () => {
  const decider = createDecider({ clock, log: fakeLog() });
  const question = { ...HR, domain: MAIN, principal: HR.resource, action: "view", context: {}, entities: [] };
  const asked = { ...question, pep: { id: parsePointId("test/mcp") }, at: clock.now(), mode: "observe" } as const;
  expect(decider.decide(asked)).toMatchObject({ answer: "deny", reason: "policy_unavailable" });
});
