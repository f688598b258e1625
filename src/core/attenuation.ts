// SPDX-License-Identifier: Apache-2.0
// Rights only shrink: whether one grant is within another, and whether a grant lets exactly this call through. Both are pure
// and both name the dimension that fails. What is not understood is a no (identify I11-I13).
import { constraintImplies, keeps } from "./constraint.ts";
import { compareDecimals } from "./decimal.ts";
import type { Json } from "./json.ts";
import { type Level, levelRank } from "./label.ts";
import { isWithin, normalizeLocation } from "./location.ts";
import { argsS256, type Budget, type StepGrant } from "./mandate.ts";
import type { Verb } from "./verb.ts";

export type GrantDimension = keyof StepGrant;

/** A yes, or the first dimension that says no. */
export type GrantVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly dimension: GrantDimension; readonly why: string };

/** One call, as a grant is asked about it. */
export interface GrantCall {
  readonly verb: Verb;
  /** URI of everything that the call names or reaches (`locationBelow`); at least one. */
  readonly locations: readonly string[];
  /** Categories of what it carries. */
  readonly datatypes: readonly string[];
  /** `arguments` as the client sent them; an empty object where it sent none. */
  readonly args: Json;
  /** Level of what it carries. */
  readonly level: Level;
  /** Where it goes. */
  readonly jurisdiction: string;
  readonly purpose: string;
}

/** Whether a child grant stays within its parent in every dimension (identify I12). */
export function implies(child: StepGrant, parent: StepGrant): GrantVerdict {
  const subset = (dimension: "verbs" | "datatypes" | "jurisdictions"): GrantVerdict | undefined => {
    const allowed: readonly string[] = parent[dimension];
    const extra = child[dimension].find((item) => !allowed.includes(item));
    return extra === undefined ? undefined : no(dimension, `${extra} is not in the wider grant`);
  };
  return (
    subset("verbs") ??
    withinLocations(child.locations, parent.locations) ??
    subset("datatypes") ??
    withinConstraints(child, parent) ??
    (levelRank(child.labelMax) > levelRank(parent.labelMax) ? no("labelMax", "a higher level") : undefined) ??
    subset("jurisdictions") ??
    (isPurpose(child.purpose, parent.purpose) ? undefined : no("purpose", "another purpose")) ??
    withinBudget(child.budget, parent.budget) ??
    (parent.argsS256 === undefined || child.argsS256 === parent.argsS256
      ? YES
      : no("argsS256", "the wider grant is for certain arguments only"))
  );
}

/** Whether a grant lets exactly this call through. */
export function covers(grant: StepGrant, call: GrantCall): GrantVerdict {
  return (
    (grant.verbs.includes(call.verb) ? undefined : no("verbs", `${call.verb} is not granted`)) ??
    withinLocations(call.locations, grant.locations) ??
    (call.datatypes.every((item) => grant.datatypes.includes(item)) ? undefined : no("datatypes", "other data")) ??
    keepsArguments(grant, call.args) ??
    (levelRank(call.level) > levelRank(grant.labelMax) ? no("labelMax", "a higher level") : undefined) ??
    (grant.jurisdictions.includes(call.jurisdiction) ? undefined : no("jurisdictions", "another jurisdiction")) ??
    (isPurpose(call.purpose, grant.purpose) ? YES : no("purpose", "another purpose"))
  );
}

function keepsArguments(grant: StepGrant, args: Json): GrantVerdict | undefined {
  const broken = grant.constraints.find((constraint) => !keeps(args, constraint));
  if (broken !== undefined) return no("constraints", `${broken.kind} at ${broken.at} does not hold`);
  if (grant.argsS256 === undefined || grant.argsS256 === argsS256(args)) return undefined;
  return no("argsS256", "the grant is for other arguments");
}

const YES: GrantVerdict = { ok: true };

function no(dimension: GrantDimension, why: string): GrantVerdict {
  return { ok: false, dimension, why };
}

function withinLocations(inner: readonly string[], outer: readonly string[]): GrantVerdict | undefined {
  if (inner.length === 0) return no("locations", "no location is named");
  const places = inner.map((text) => normalizeLocation(text, { area: true }));
  const isLeft = places.some((place) => place === undefined || !outer.some((area) => isWithin(place, area)));
  return isLeft ? no("locations", "a location is not below a granted one") : undefined;
}

/** Every limit of the parent is kept by one of the child's: to leave it out is to widen. */
function withinConstraints(child: StepGrant, parent: StepGrant): GrantVerdict | undefined {
  const loose = parent.constraints.find(
    (limit) => !child.constraints.some((own) => own.at === limit.at && constraintImplies(own, limit)),
  );
  return loose === undefined ? undefined : no("constraints", `${loose.kind} at ${loose.at} is left out or wider`);
}

/** The purpose itself, or a dotted descendant of it. */
function isPurpose(purpose: string, wider: string): boolean {
  return purpose === wider || purpose.startsWith(`${wider}.`);
}

function withinBudget(child: Budget, parent: Budget): GrantVerdict | undefined {
  const wider = (["calls", "tokens", "bytesOut"] as const).find((name) => {
    const [own, limit] = [child[name], parent[name]];
    return limit !== undefined && (own === undefined || own > limit);
  });
  if (wider !== undefined) return no("budget", `more ${wider}`);
  if (parent.cost === undefined) return undefined;
  if (child.cost?.currency !== parent.cost.currency) return no("budget", "another currency, or no limit of cost");
  const order = compareDecimals(child.cost.amount, parent.cost.amount);
  return order !== undefined && order <= 0 ? undefined : no("budget", "more cost");
}
