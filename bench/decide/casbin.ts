// SPDX-License-Identifier: Apache-2.0
// The rules of roles.ts in casbin, as its manual has it: a model with roles, an attribute in the matcher, deny over allow. The
// cheapest comparison stands first, and it is asked without a promise, which is its quickest way.
import { type Enforcer, newEnforcer, newModelFromString } from "casbin";
import type { RoleQuestion, RoleRule } from "./roles.ts";

const MODEL = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = role, collection, act, level, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.act == p.act && r.obj.collection == p.collection && r.obj.level <= p.level && g(r.sub, p.role)
`;

/** Answers with the rule that made the answer, as ours does. */
export async function openCasbin(
  rules: readonly RoleRule[],
  questions: readonly RoleQuestion[],
): Promise<(asked: RoleQuestion) => boolean> {
  const enforcer: Enforcer = await newEnforcer(newModelFromString(MODEL));
  await enforcer.addPolicies(
    rules.map(({ role, collection, action, level, effect }) => [
      role,
      collection,
      action,
      String(level),
      effect === "permit" ? "allow" : "deny",
    ]),
  );
  await enforcer.addGroupingPolicies(questions.map(({ subject, role }) => [subject, role]));
  return ({ subject, collection, level, action }) => enforcer.enforceExSync(subject, { collection, level }, action)[0];
}
