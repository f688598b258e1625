// SPDX-License-Identifier: Apache-2.0
// Duties on the wire (AuthZEN Profile for Obligations, draft 1 of July 2026; D65, D66): those that the draft has a type for go
// as that type, any other as `custom` of this vendor.
import {
  isJsonArray,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  type Obligation,
  type Question,
} from "../../core/index.ts";
import { OBLIGATION_TYPES } from "../obligations.ts";

/** Types of duties that a decision can ask for. */
export const DUTIES: readonly Obligation["type"][] = [...OBLIGATION_TYPES];

/** What the draft calls duties of ours (its section 6). */
const NORMATIVE: ReadonlyMap<string, Obligation["type"]> = new Map([
  ["notification", "notify"],
  ["session_termination", "end_session"],
]);

/** Types that this decision point can issue, for its metadata (section 7 of the draft). */
export const SUPPORTED_OBLIGATIONS: readonly string[] = ["custom", ...NORMATIVE.keys()];

/** What a duty is about: the question that it came with. */
export type About = Pick<Question, "principal" | "action" | "resource">;

/** `context.obligations`: no id stands twice in one answer (section 4 of the draft). */
export function obligationsJson(obligations: readonly Obligation[], about: About): readonly JsonObject[] {
  return obligations.flatMap((obligation) => {
    if (obligation.type === "notify") return each(obligation, "notification", (to) => notification(to, about));
    if (obligation.type === "end_session") return each(obligation, "session_termination", (subject) => ({ subject }));
    return [custom(obligation)];
  });
}

/** One instance for each whom it names: the draft's types name one. */
function each(
  { type, who }: { readonly type: string; readonly who: readonly string[] },
  named: string,
  properties: (one: string) => Readonly<Record<string, string>>,
): readonly JsonObject[] {
  return who.map((one, at) => instance(`${type}${who.length === 1 ? "" : `.${at + 1}`}`, named, properties(one)));
}

function notification(to: string, { principal, action, resource }: About): Readonly<Record<string, string>> {
  const body = `${principal.type} ${principal.id} was let through to ${action} ${resource.type} ${resource.id}, under a rule that you are told of it.`;
  return { to, topic: "access under a rule with notice", body };
}

function custom({ type, ...parameters }: Obligation): JsonObject {
  return instance(type, "custom", { vendor: "bailiwick", action: type, ...parameters });
}

function instance(id: string, type: string, properties: Readonly<Record<string, Json>>): JsonObject {
  return jsonObject([
    ["id", `bailiwick.${id}`],
    ["type", type],
    ["properties", jsonObject(Object.entries(properties))],
  ]);
}

/** The members of a context that are for us and not for the rules. */
export const NEGOTIATED: ReadonlySet<string> = new Set(["bailiwick_obligations", "supported_obligations"]);

/**
 * What a question declares for itself, beside what its peer is registered with: our own names, and the draft's types that are
 * duties of ours. `custom` alone says nothing, and what we did not advertise is not there (section 8 of the draft; D66).
 */
export function declaredIn(context: JsonObject): ReadonlySet<string> {
  const known = new Set<string>(DUTIES);
  const own = textsOf(context, "bailiwick_obligations").filter((one) => known.has(one));
  return new Set([...own, ...textsOf(context, "supported_obligations").flatMap((one) => NORMATIVE.get(one) ?? [])]);
}

function textsOf(context: JsonObject, name: string): readonly string[] {
  const listed = member(context, name);
  return isJsonArray(listed) ? listed.filter((one): one is string => typeof one === "string") : [];
}
