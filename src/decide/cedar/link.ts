// SPDX-License-Identifier: Apache-2.0
// Templates (D5): slots stand only in the scope, a link binds exactly those, and answers under its own id.
import { DecideError } from "../errors.ts";
import type { Policy, Scope, SlotName } from "./policy.ts";
import type { EntityUid } from "./value.ts";

/** The policy that a template becomes. @throws DecideError DECIDE_LINK_INVALID */
export function linkTemplate(template: Policy, id: string, values: ReadonlyMap<SlotName, EntityUid>): Policy {
  const needed = slotsOf(template);
  if (needed.size === 0) throw invalid(id, `policy ${template.id} has no slots`);
  for (const slot of needed) if (!values.has(slot)) throw invalid(id, `${slot} is not bound`);
  for (const slot of values.keys()) if (!needed.has(slot)) throw invalid(id, `${slot} is no slot of ${template.id}`);
  return { ...template, id, principal: fill(template.principal, values), resource: fill(template.resource, values) };
}

/** The slots that a template has; none for a policy. */
export function slotsOf({ principal, resource }: Policy): ReadonlySet<SlotName> {
  const slots = new Set<SlotName>();
  for (const scope of [principal, resource]) {
    const entity = scope.op === "all" ? undefined : scope.op === "is" ? scope.in : scope.entity;
    if (typeof entity === "string") slots.add(entity);
  }
  return slots;
}

function fill(scope: Scope, values: ReadonlyMap<SlotName, EntityUid>): Scope {
  if (scope.op === "all") return scope;
  const slot = scope.op === "is" ? scope.in : scope.entity;
  const entity = typeof slot === "string" ? values.get(slot) : undefined;
  if (entity === undefined) return scope;
  return scope.op === "is" ? { ...scope, in: entity } : { ...scope, entity };
}

function invalid(id: string, why: string): DecideError {
  return new DecideError("DECIDE_LINK_INVALID", `linking ${id}: ${why}`);
}
