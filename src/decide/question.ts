// SPDX-License-Identifier: Apache-2.0
// A question made ready: its limits, its types, the identity behind it (D12), its values. What is wrong with it is a reason
// to deny. Done once for however many resources are asked about.
import { CONTEXT_MAX_BYTES, type Instant, type Question, type ReasonCode, type Ref } from "../core/index.ts";
import { checkRef } from "./cedar/convert.ts";
import { Datetime } from "./cedar/datetime.ts";
import type { Entities } from "./cedar/entities.ts";
import { type Evaluation, evaluate } from "./cedar/evaluate.ts";
import { InputFault } from "./cedar/input.ts";
import type { Action, Schema } from "./cedar/schema.ts";
import { type CedarRecord, EntityUid, equal, type Value } from "./cedar/value.ts";
import { isContextWithin } from "./context-size.ts";
import { ENTITIES_MAX, type PolicySet } from "./policy-set.ts";

/** One question in Cedar's values; only the resource is still open. */
export interface Ready {
  readonly principal: EntityUid;
  readonly action: Action;
  readonly context: CedarRecord;
  readonly entities: Entities;
}

export interface Refused {
  readonly reason: ReasonCode;
  /** What was wrong with the input, where it was the input. */
  readonly fault?: InputFault;
}

/** @param resources - how many will be asked about */
export function prepare({ engine }: PolicySet, question: Question, resources: number): Ready | Refused {
  if (!isContextWithin(question, CONTEXT_MAX_BYTES))
    return { reason: "input_limits", fault: new InputFault("too_large", "context") };
  if (question.entities.length > ENTITIES_MAX + resources)
    return { reason: "input_limits", fault: new InputFault("too_many", "entities") };
  const asked = engine.actions.get("Action")?.get(question.action);
  if (asked === undefined) return { reason: "unknown_action" };
  const { action } = asked;
  const principal = new EntityUid(question.principal.type, question.principal.id);
  if (!action.principals.has(principal.type)) return { reason: "unknown_type" };
  const stranger = checkRef(question.principal, engine.schema);
  if (stranger !== undefined) return { reason: "input_entity", fault: stranger };
  const entities = engine.entities(question.entities);
  if (entities instanceof InputFault) return refusedFor(entities, "input_entity");
  const barred = barredIdentity(principal, { entities, schema: engine.schema, at: question.at });
  if (barred !== undefined) return { reason: barred };
  const context = asked.context(question.context);
  if (context instanceof InputFault) return refusedFor(context, "input_context");
  return { principal, action, context, entities };
}

/** What the policies say of one resource; it may have any id, of a type that the action applies to. */
export function evaluateFor({ engine }: PolicySet, ready: Ready, resource: Ref): Evaluation | Refused {
  const { principal, action, context, entities } = ready;
  if (!action.resources.has(resource.type)) return { reason: "unknown_type" };
  const fault = checkRef(resource, engine.schema);
  if (fault !== undefined) return { reason: "input_entity", fault };
  const uid = new EntityUid(resource.type, resource.id);
  return evaluate(engine.set, { principal, action: action.uid, resource: uid, context, entities });
}

function refusedFor(fault: InputFault, reason: ReasonCode): Refused {
  return { reason: fault.code === "too_deep" || fault.code === "too_large" ? "input_limits" : reason, fault };
}

interface Around {
  readonly entities: Entities;
  readonly schema: Schema;
  readonly at: Instant;
}

/**
 * What no bundle can remove: nobody that is unknown, not active or expired is ever allowed anything. A domain whose
 * principals have no status or no end has none to check, and still refuses whom it does not know.
 */
function barredIdentity(principal: EntityUid, { entities: { given }, schema, at }: Around): ReasonCode | undefined {
  const identity = given.get(principal.key);
  if (identity === undefined) return "identity_unknown";
  const declared = schema.entityTypes.get(principal.type)?.attributes.attributes;
  if (declared?.has("status") === true && !isActive(identity.attributes.get("status"))) return "identity_not_active";
  if (declared?.has("expires") !== true) return undefined;
  const expires = identity.attributes.get("expires");
  return expires instanceof Datetime && expires.ms > at ? undefined : "identity_expired";
}

function isActive(status: Value | undefined): boolean {
  return status !== undefined && equal(status, "active");
}
