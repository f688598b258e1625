// SPDX-License-Identifier: Apache-2.0
// A random set with a question: policies and links of the pool, each forbid of some tier, people's answers to some of its
// challenges, and a point that can do some duties.
import { createHash } from "node:crypto";
import {
  digestOf,
  type Evidence,
  type IdentityId,
  instant,
  type JsonObject,
  jsonObject,
  type Obligation,
  type PolicyHit,
  parseApprovalId,
  parseCommitment,
  parseDigest,
  parseDomainId,
  parseJson,
  parseMandateId,
  parsePointId,
  type Question,
} from "../../src/core/index.ts";
import { createEngine } from "../../src/decide/cedar/engine.ts";
import type { Policy } from "../../src/decide/cedar/policy.ts";
import { LIMITS, type PolicySet, type Rule } from "../../src/decide/policy-set.ts";
import type { Sample } from "../cedar/generate.ts";
import type { Pool, Pooled } from "./pool.ts";

/** One policy of a set: under an id of its own, with what it asks for. */
export interface Member {
  readonly source: Pooled["source"];
  readonly policy: Policy;
  readonly rule: Rule;
}

export interface Drawn {
  readonly members: readonly Member[];
  readonly question: Question;
  /** The same question as Cedar takes it. */
  readonly sample: Pick<Sample, "entities" | "questions">;
}

export const DOMAIN: Question["domain"] = parseDomainId("main");
const AT = instant(1_796_547_600_000);
const ARGS = parseCommitment(`c1:${"a".repeat(43)}`);
const MANDATE = parseMandateId("0190b5a2-0000-7000-8000-000000000001");
const POINT = parsePointId("test/mcp");
/** UNIT: ms. */
const SOON = 60_000;
const MEMBERS_MAX = 6;
const TIERS = ["deny", "challenge", "limit", "log"] as const;
const DUTIES: readonly Obligation[] = [
  { type: "max_bytes", max: 10 },
  { type: "max_bytes", max: 20 },
  { type: "mark_untrusted" },
];

export function drawFrom(pool: Pool, chance: () => number): Drawn {
  const count = 1 + Math.floor(chance() * MEMBERS_MAX);
  const members = Array.from({ length: count }, (_, n) => drawMember(pool, chance, n));
  const entities = oneOf(pool.entities, chance);
  const known = entities.read.filter(({ uid }) => uid.type === "User").map(({ uid }) => uid.id);
  const drawn = oneOf(pool.questions, chance);
  // a stranger is refused whatever the policies say, so most are known
  const asked = known.length === 0 || chance() < 0.05 ? drawn : { ...drawn, principal: oneOf(known, chance) };
  const context = `{"mandate":{"id":"${MANDATE}"},${asked.context.slice(1)}`;
  const bare: Question = {
    domain: DOMAIN,
    principal: { type: "User", id: asked.principal },
    action: asked.action,
    resource: { type: "File", id: asked.resource },
    context: objectOf(context),
    entities: entities.read,
    argsDigest: ARGS,
    pep: { id: POINT, obligations: new Set(DUTIES.map(({ type }) => type).filter(() => chance() < 0.7)) },
    at: AT,
  };
  const answered = members.filter(({ rule }) => rule.challenge !== undefined && chance() < 0.5);
  return {
    members,
    question: { ...bare, evidence: answered.map(({ rule }) => evidenceFor(bare, rule.hit)) },
    sample: { entities: entities.text, questions: [{ ...asked, context }] },
  };
}

/** A policy of the pool; often one without conditions, for most conditions do not hold. */
export function drawMember(pool: Pool, chance: () => number, n: number, effect?: Policy["effect"]): Member {
  const isPermit = effect === undefined ? chance() < 0.55 : effect === "permit";
  const { source, parsed } = oneOf((isPermit ? pool.permits : pool.forbids)[chance() < 0.5 ? "plain" : "all"], chance);
  const id = `${typeof source === "string" ? "policy" : "link"}${n}`;
  const policy = { ...parsed, id };
  const tier = isPermit ? ("permit" as const) : oneOf(TIERS, chance);
  const hit: PolicyHit = { id, effect: parsed.effect, tier, file: "drawn.cedar", line: n + 1, digest: digestOf(id) };
  const challenge = { policy: id, profile: "somebody", kind: "approval" as const, uses: 1, binds: [] };
  const obligations = tier === "limit" ? [oneOf(DUTIES, chance)] : [];
  return { source, policy, rule: { hit, obligations, ...(tier === "challenge" ? { challenge } : {}) } };
}

export function setOf(pool: Pool, members: readonly Member[]): PolicySet {
  const ids = members.map(({ policy }) => policy.id).join();
  const digest = parseDigest(`sha256:${createHash("sha256").update(ids).digest("hex")}`);
  const policies = members.map(({ policy }) => policy);
  return {
    digest,
    engine: createEngine(pool.schema, policies, LIMITS),
    rules: members.map(({ rule }) => rule),
    policies,
  };
}

/** People said yes to exactly this. */
export function evidenceFor({ principal, action, resource, at }: Question, { digest }: PolicyHit): Evidence {
  return {
    id: parseApprovalId("0190b5a2-0000-7000-8000-000000000009"),
    kind: "approval",
    policy: digest,
    principal: principal.id as IdentityId,
    action,
    resource,
    argsDigest: ARGS,
    binds: jsonObject([]),
    mandate: MANDATE,
    expires: instant(at + SOON),
    uses: 1,
    bound: [],
  };
}

/** The same, for something else in one way. */
export function strayEvidence(one: Evidence, chance: () => number): Evidence {
  const ways: readonly Partial<Evidence>[] = [
    { principal: "nobody" as IdentityId },
    { action: one.action === "read" ? "write" : "read" },
    { resource: { ...one.resource, id: `${one.resource.id}x` } },
    { resource: { ...one.resource, type: "User" } },
    { argsDigest: parseCommitment(`c1:${"b".repeat(43)}`) },
    { expires: AT },
    { policy: digestOf("another policy") },
    { mandate: parseMandateId("0190b5a2-0000-7000-8000-000000000002") },
    { binds: jsonObject([["destination", "elsewhere"]]) },
    { kind: "step_up" },
  ];
  return { ...one, ...oneOf(ways, chance) };
}

export function oneOf<T>(items: readonly T[], chance: () => number): T {
  const item = items[Math.floor(chance() * items.length)];
  if (item === undefined) throw new Error("nothing to draw from");
  return item;
}

export function shuffled<T>(items: readonly T[], chance: () => number): readonly T[] {
  return items
    .map((item) => ({ item, place: chance() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function objectOf(text: string): JsonObject {
  const json = parseJson(text);
  return jsonObject(Object.entries(json as JsonObject));
}
