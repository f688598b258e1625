// SPDX-License-Identifier: Apache-2.0
// The bench's world: ten shapes of policies as a gate has them, a context of eleven members, five entities with each question.
import {
  type EntityJson,
  instant,
  type JsonObject,
  parseDomainId,
  parsePointId,
  type Question,
} from "../../src/core/index.ts";

export const SCHEMA = `
entity Team, Blueprint;
entity Agent in [Team, Blueprint] = { status: String, expires: datetime, environment: String, jurisdiction: String };
entity Server = { operator: String };
entity Collection in [Collection, Server];
entity Document in [Collection] = { name: String, level: Long, tags: Set<String> };
type Context = {
  now: datetime, channel: String, facet: String, server: String, host: ipaddr, risk: Long, amount: decimal,
  auth: { pop: String, assurance: Long, age: Long }, labels: Set<String>, ref: Agent, reviewed: Bool
};
action read, effect;
action view, summarize in [read] appliesTo { principal: Agent, resource: [Document, Collection], context: Context };
action execute, share in [effect] appliesTo { principal: Agent, resource: [Document, Collection], context: Context };
`;

const DOMAIN = parseDomainId("bench");
const POINT = parsePointId("bench/mcp");
const NOW = instant(1_796_547_600_000);
/** Groups of every kind; policies and questions are spread over them. */
const GROUPS = 40;

const SHAPES: readonly ((n: number) => string)[] = [
  (n) =>
    `permit(principal in Blueprint::"b${n % GROUPS}", action in Action::"read", resource in Collection::"c${n % GROUPS}");`,
  (n) =>
    `permit(principal in Team::"t${n % GROUPS}", action == Action::"execute", resource is Document in Collection::"c${n % GROUPS}") when { resource.level <= ${n % 4} && context.auth.assurance >= 2 };`,
  (n) =>
    `forbid(principal, action in Action::"effect", resource in Collection::"c${n % GROUPS}") when { context.risk > ${50 + (n % 50)} };`,
  (n) =>
    `permit(principal == Agent::"a${n}", action, resource is Document) when { resource.name like "report-*-${n}.txt" };`,
  (n) =>
    `forbid(principal is Agent, action in [Action::"read", Action::"effect"], resource == Document::"d${n}") unless { context.reviewed };`,
  (n) =>
    `permit(principal in Team::"t${n % GROUPS}", action in Action::"read", resource) when { principal.environment == "production" && context.labels.containsAny(["internal", "l${n}"]) };`,
  (n) =>
    `forbid(principal in Blueprint::"b${n % GROUPS}", action in Action::"effect", resource) when { context.amount.greaterThan(decimal("${1000 + n}.5")) };`,
  (n) =>
    `forbid(principal in Team::"t${n % GROUPS}", action in Action::"effect", resource) unless { context.host.isInRange(ip("10.${n % 250}.0.0/16")) || context.host.isLoopback() };`,
  (n) =>
    `permit(principal in Blueprint::"b${n % GROUPS}", action == Action::"share", resource) when { context.facet == "disclose" && context.server == "s${n}" && context.now < datetime("2027-01-01") };`,
  (n) =>
    `forbid(principal, action in Action::"read", resource in Collection::"c${n % GROUPS}") when { context.ref != principal && resource in Collection::"secret-${n}" };`,
];

/** Policy texts, each with its id. */
export function policyTexts(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => `@id("p${n}")\n${SHAPES[n % SHAPES.length]?.(n) ?? ""}`);
}

const ACTIONS = ["view", "summarize", "execute", "share"] as const;

/** Question number `n`: the same for both sides. */
export function question(n: number): Question {
  const agent = { type: "Agent", id: `a${n * 10 + 3}` };
  const document = { type: "Document", id: `d${n * 10 + 4}` };
  const collection = { type: "Collection", id: `c${n % GROUPS}` };
  const server = { type: "Server", id: "s1" };
  const entities: readonly EntityJson[] = [
    {
      uid: agent,
      attrs: {
        status: "active",
        expires: { __extn: { fn: "datetime", arg: "2027-03-01T00:00:00Z" } },
        environment: "production",
        jurisdiction: "DE",
      },
      parents: [
        { type: "Team", id: `t${n % GROUPS}` },
        { type: "Blueprint", id: `b${n % GROUPS}` },
      ],
    },
    {
      uid: document,
      attrs: { name: `report-x-${n * 10 + 3}.txt`, level: n % 4, tags: ["internal", "finance"] },
      parents: [collection],
    },
    { uid: collection, attrs: {}, parents: [{ type: "Collection", id: "root" }] },
    { uid: { type: "Collection", id: "root" }, attrs: {}, parents: [server] },
    { uid: server, attrs: { operator: "own" }, parents: [] },
  ];
  return {
    domain: DOMAIN,
    principal: agent,
    action: ACTIONS[n % ACTIONS.length] ?? "view",
    resource: document,
    context: context(n),
    entities,
    pep: { id: POINT },
    at: NOW,
  };
}

function context(n: number): JsonObject {
  return {
    now: { __extn: { fn: "datetime", arg: "2026-12-06T09:00:00Z" } },
    channel: "mcp",
    facet: n % 2 === 0 ? "act" : "disclose",
    server: `s${n * 10 + 8}`,
    host: { __extn: { fn: "ip", arg: n % 3 === 0 ? "127.0.0.1" : "10.7.1.2" } },
    risk: (n * 13) % 100,
    amount: { __extn: { fn: "decimal", arg: `${900 + n * 20}.25` } },
    auth: { pop: "software", assurance: 2, age: 30 },
    labels: ["internal", "finance"],
    ref: { __entity: { type: "Agent", id: `a${n * 10 + 3}` } },
    reviewed: n % 5 === 0,
  };
}
