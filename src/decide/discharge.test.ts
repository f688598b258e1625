// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import {
  type Decider,
  type Decision,
  digestOf,
  type Evidence,
  instant,
  type JsonObject,
  parseApprovalId,
  parseCommitment,
  parseDomainId,
  parseIdentityId,
  parseMandateId,
  parsePointId,
  type Question,
  type Ref,
} from "../core/index.ts";
import { fakeClock, fakeLog } from "../core/testing/system.ts";
import { createDecider } from "./decider.ts";
import type { Bundle } from "./sets/bundle.ts";
import { caseContext } from "./sets/case-context.ts";
import { bundleOf } from "./testing/bundle.ts";

/** A challenge bound to the destination, another bound to nothing, and a limit on what comes back. */
const RULES = `
@id("writes") permit (principal is Agent, action in Action::"effect", resource);
@id("asked") @answer("challenge") @remedy("an-approver")
forbid (principal, action in Action::"effect", resource in Collection::"payments") when { context.phase == "before" };
@id("outside") @answer("challenge") @remedy("a-board")
forbid (principal, action in Action::"effect", resource) when { context.destination.kind == "external" };
@id("masked") @answer("limit") @obligation("mask")
forbid (principal, action in Action::"effect", resource) when { context.data.flow.categories.contains("personal") };
`;

const FILES = {
  "10-rules.cedar": RULES,
  "obligations.yaml": "mask: { type: redact, categories: [personal], style: mask }\n",
  "remedies.yaml": `
an-approver: { kind: approval, approvers: { group: approver }, binds: [destination] }
a-board: { kind: approval, approvers: { group: board, count: 2 }, ttl: 15m }
`,
};

const MAIN = parseDomainId("main");
const clock = fakeClock();

let bundle: Bundle;
let decider: Decider;
beforeAll(async () => {
  bundle = await bundleOf(FILES);
  const made = createDecider({ clock, log: fakeLog() });
  made.swap(MAIN, bundle.set);
  decider = made;
});

const AGENT = parseIdentityId("spiffe://demo/agent/a");
const PAYMENT = { type: "Document", id: "payments/1.txt" };
const OTHER = { type: "Document", id: "payments/2.txt" };
const NOTE = { type: "Document", id: "notes/1.txt" };
const ARGS = parseCommitment(`c1:${"a".repeat(43)}`);
const MANDATE = parseMandateId("0190b5a2-0000-7000-8000-000000000001");

function context(...changes: readonly JsonObject[]): JsonObject {
  return caseContext(clock.now(), { mandate: { id: MANDATE } }, ...changes);
}

function question(more: Partial<Question> = {}): Question {
  const attrs = {
    status: "active",
    expires: "2027-01-01T00:00:00Z",
    environment: "test",
    jurisdiction: "DE",
    purpose: "tests",
    synthetic: false,
  };
  const payments = [{ type: "Collection", id: "payments" }];
  return {
    domain: MAIN,
    principal: { type: "Agent", id: AGENT },
    action: "execute",
    resource: PAYMENT,
    context: context(),
    entities: [
      { uid: { type: "Agent", id: AGENT }, attrs, parents: [] },
      { uid: PAYMENT, attrs: {}, parents: payments },
      { uid: OTHER, attrs: {}, parents: payments },
    ],
    argsDigest: ARGS,
    pep: { id: parsePointId("test/mcp"), obligations: new Set(["redact"]) },
    at: clock.now(),
    ...more,
  };
}

/** What fits {@link question} for the policy `asked`. */
function evidence(more: Partial<Evidence> = {}): Evidence {
  return {
    id: parseApprovalId("0190b5a2-0000-7000-8000-00000000000a"),
    kind: "approval",
    policy: digestOfPolicy("asked"),
    principal: AGENT,
    action: "execute",
    resource: PAYMENT,
    argsDigest: ARGS,
    binds: { destination: { kind: "none", operator: "", jurisdiction: "", listed: true } },
    mandate: MANDATE,
    expires: instant(clock.now() + 1),
    uses: 1,
    bound: [],
    ...more,
  };
}

function digestOfPolicy(id: string): Evidence["policy"] {
  return bundle.policies.find((policy) => policy.id === id)?.digest ?? digestOf("no such policy");
}

test("D30: a challenge stops, and says what would lift it", () => {
  expect(decider.decide(question())).toMatchObject({
    answer: "challenge",
    reason: "challenged",
    policies: [{ id: "asked", tier: "challenge", digest: digestOfPolicy("asked") }],
    challenges: [
      {
        policy: "asked",
        profile: "an-approver",
        kind: "approval",
        approvers: { group: "approver", count: 1, notRequester: true },
        uses: 1,
        binds: ["destination"],
      },
    ],
    obligations: [],
    uses: [],
  });
});

test("D29: evidence for this policy and this very call discharges it, and is named", () => {
  const given = evidence();
  expect(decider.decide(question({ evidence: [given] }))).toMatchObject({
    answer: "log",
    reason: "discharged",
    challenges: [],
    uses: [given.id],
  });
});

test("D30: of several challenges all that are open are listed, each with its own remedy", () => {
  const asked = question({ context: context({ destination: { kind: "external" } }) });
  expect(decider.decide(asked).challenges.map(({ profile }) => profile)).toEqual(["an-approver", "a-board"]);
  const board = evidence({ policy: digestOfPolicy("outside"), binds: {} });
  expect(decider.decide({ ...asked, evidence: [board] })).toMatchObject({
    answer: "challenge",
    challenges: [{ profile: "an-approver" }],
    uses: [],
  });
});

/** Each makes the evidence one for something else. */
const CHANGES: readonly fc.Arbitrary<Partial<Evidence>>[] = [
  fc.constant({ kind: "step_up" }),
  fc.string().map((text) => ({ policy: digestOf(text) })),
  fc.constantFrom("b", "A", "a2").map((name) => ({ principal: parseIdentityId(`spiffe://demo/agent/${name}`) })),
  fc.constantFrom("view", "share", "Execute", "").map((action) => ({ action })),
  fc.constantFrom(OTHER, NOTE, { ...PAYMENT, type: "Collection" }).map((resource) => ({ resource })),
  fc.constant({ argsDigest: parseCommitment(`c1:${"b".repeat(43)}`) }),
  fc.constant({ mandate: parseMandateId("0190b5a2-0000-7000-8000-00000000000b") }),
  fc.nat().map((ms) => ({ expires: instant(clock.now() - ms) })),
  fc
    .constantFrom<JsonObject>(
      {},
      { destination: {} },
      { destination: { kind: "none", operator: "", jurisdiction: "DE", listed: true } },
      { destination: { kind: "none", operator: "", jurisdiction: "", listed: true }, more: 1 },
    )
    .map((binds) => ({ binds })),
];

test("D32: evidence for anything else, or expired, changes nothing", () => {
  const without = decider.decide(question({ evidence: [] }));
  fc.assert(
    fc.property(fc.array(fc.oneof(...CHANGES).map(evidence), { minLength: 1, maxLength: 4 }), (strays) => {
      const { asked: _, ...decision } = decider.decide(question({ evidence: strays }));
      const { asked: __, ...plain } = without;
      expect(decision).toEqual(plain);
    }),
    { numRuns: 300 },
  );
});

test("D39: evidence ends at its instant, and is found among evidence for something else", () => {
  const last = evidence({ expires: instant(clock.now() + 1) });
  const strays = [evidence({ action: "view" }), evidence({ resource: OTHER }), evidence({ expires: clock.now() })];
  expect(decider.decide(question({ evidence: strays })).answer).toBe("challenge");
  expect(decider.decide(question({ evidence: [...strays, last] }))).toMatchObject({ answer: "log", uses: [last.id] });
});

test("D39: evidence without a mandate fits no call under one, and none fits a call whose arguments nobody named", () => {
  const { mandate: _, ...unbound } = evidence();
  expect(decider.decide(question({ evidence: [unbound] })).answer).toBe("challenge");
  const free = question({ evidence: [unbound], context: context({ mandate: { id: "" } }) });
  expect(decider.decide(free).answer).toBe("log");
  const { argsDigest: __, ...nameless } = question({ evidence: [evidence()] });
  expect(decider.decide(nameless).answer).toBe("challenge");
});

test("D39: what a remedy binds to must be as it was when people were asked", () => {
  const moved = context({ destination: { kind: "partner", jurisdiction: "US" } });
  expect(decider.decide(question({ evidence: [evidence()], context: moved })).answer).toBe("challenge");
  const unrelated = context({ server: "files", data: { flow: { trust: 1 } } });
  expect(decider.decide(question({ evidence: [evidence()], context: unrelated })).answer).toBe("log");
});

test("D36: a remedy that became stricter is asked for anew", async () => {
  const stricter = await bundleOf({
    ...FILES,
    "remedies.yaml": FILES["remedies.yaml"].replace("group: approver }", "group: approver, count: 2 }"),
  });
  const made = createDecider({ clock, log: fakeLog() });
  made.swap(MAIN, stricter.set);
  expect(made.decide(question({ evidence: [evidence()] })).answer).toBe("challenge");
});

const PERSONAL = { data: { flow: { categories: ["personal"] } } };

test("D29: a limit is let through with its duty where the point declared it, and denied where it did not", () => {
  const asked = question({ resource: NOTE, context: context(PERSONAL) });
  expect(decider.decide(asked)).toMatchObject({
    answer: "limit",
    reason: "limited",
    obligations: [{ type: "redact", categories: ["personal"], style: "mask" }],
  });
  const unable = { answer: "deny", reason: "obligation_unsupported", policies: [{ id: "masked" }], obligations: [] };
  expect(decider.decide({ ...asked, pep: { id: asked.pep.id } })).toMatchObject(unable);
  const other = { id: asked.pep.id, obligations: new Set(["max_bytes"]) };
  expect(decider.decide({ ...asked, pep: other })).toMatchObject(unable);
});

test("D38: of many resources each has its own duties, challenges and evidence", () => {
  const asked = question({ evidence: [evidence()], context: context(PERSONAL) });
  const decisions = decider.decideMany(asked, [PAYMENT, OTHER, NOTE]);
  const one = (resource: Ref): Decision => decider.decide({ ...asked, resource });
  expect(decisions.map(alone)).toEqual([PAYMENT, OTHER, NOTE].map((resource) => alone(one(resource))));
  expect(decisions).toMatchObject([
    { answer: "limit", uses: [evidence().id], challenges: [] },
    { answer: "challenge", uses: [], challenges: [{ policy: "asked" }], obligations: [] },
    { answer: "limit", uses: [], challenges: [] },
  ]);
});

/** Apart from what it was asked with. */
function alone({ asked: _asked, ...decision }: Decision): object {
  return decision;
}
