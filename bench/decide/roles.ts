// SPDX-License-Identifier: Apache-2.0
// Rules that casbin, Cerbos, Cedar and we can all say: a role may do one thing in one collection up to a level, and every tenth
// rule forbids it instead. What they come to is also worked out here, plainly, so that a quick wrong answer counts for nothing.
import { instant, jsonObject, parseDomainId, parsePointId, type Question } from "../../src/core/index.ts";

export interface RoleRule {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly role: string;
  readonly action: string;
  readonly collection: string;
  readonly level: number;
}

/** Somebody with one role asks for one document. */
export interface RoleQuestion {
  readonly subject: string;
  readonly role: string;
  readonly action: string;
  readonly document: string;
  readonly collection: string;
  readonly level: number;
}

const ACTIONS = ["view", "summarize", "execute", "share"] as const;
/** Of roles, and of collections; without a common divisor, so that rules spread over pairs of them. */
const [ROLES, COLLECTIONS] = [20, 21];
const LEVELS = 5;

export function roleRules(count: number): readonly RoleRule[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `r${n}`,
    effect: n % 10 === 9 ? "forbid" : "permit",
    role: `t${n % ROLES}`,
    action: ACTIONS[Math.floor(n / ROLES) % ACTIONS.length] ?? "view",
    collection: `c${n % COLLECTIONS}`,
    level: n % LEVELS,
  }));
}

/** Half of them are about what some rule speaks of. */
export function roleQuestions(rules: readonly RoleRule[], count: number): readonly RoleQuestion[] {
  return Array.from({ length: count }, (_, n) => {
    const about = n % 2 === 0 ? rules[(n * 37) % rules.length] : undefined;
    const collection = about?.collection ?? `c${(n * 5) % COLLECTIONS}`;
    return {
      subject: `a${n}`,
      role: about?.role ?? `t${n % ROLES}`,
      action: about?.action ?? ACTIONS[n % ACTIONS.length] ?? "view",
      document: `d${n}`,
      collection,
      level: n % LEVELS,
    };
  });
}

export function isPermitted(rules: readonly RoleRule[], asked: RoleQuestion): boolean {
  const fitting = rules.filter(
    ({ role, action, collection, level }) =>
      role === asked.role && action === asked.action && collection === asked.collection && asked.level <= level,
  );
  return fitting.some(({ effect }) => effect === "permit") && fitting.every(({ effect }) => effect === "permit");
}

export const ROLE_SCHEMA: string = `
entity Team, Collection;
entity User in [Team];
entity Document in [Collection] = { level: Long };
action ${ACTIONS.map((name) => `"${name}"`).join(", ")} appliesTo { principal: [User], resource: [Document], context: {} };
`;

export function cedarText({ id, effect, role, action, collection, level }: RoleRule): string {
  const scope = effect === "forbid" ? "in" : "==";
  return `@id("${id}")\n${effect}(principal in Team::"${role}", action ${scope} Action::"${action}", resource in Collection::"${collection}") when { resource.level <= ${level} };`;
}

const FIXED = { domain: parseDomainId("bench"), pep: { id: parsePointId("bench/mcp") }, at: instant(0) };
const NOTHING = jsonObject([]);

export function cedarQuestion({ subject, role, action, document, collection, level }: RoleQuestion): Question {
  const [principal, resource] = [
    { type: "User", id: subject },
    { type: "Document", id: document },
  ];
  const entities = [
    { uid: principal, attrs: NOTHING, parents: [{ type: "Team", id: role }] },
    { uid: resource, attrs: { level }, parents: [{ type: "Collection", id: collection }] },
  ];
  return { ...FIXED, principal, action, resource, context: NOTHING, entities };
}
