// SPDX-License-Identifier: Apache-2.0
// Duties on the wire (AuthZEN obligations profile, draft of July 2026; D65, D66): ours go as `custom` of this vendor, since the
// draft's own types say none of them.
import { isJsonArray, type Json, type JsonObject, jsonObject, member, type Obligation } from "../../core/index.ts";
import { OBLIGATION_TYPES } from "../obligations.ts";

/** Types of duties that a decision can ask for. */
export const DUTIES: readonly Obligation["type"][] = [...OBLIGATION_TYPES];

export function obligationJson(obligation: Obligation): JsonObject {
  const { type, ...parameters } = obligation;
  const said: [string, Json][] = [
    ["vendor", "bailiwick"],
    ["action", type],
  ];
  for (const [name, value] of Object.entries<string | number | readonly string[]>(parameters)) said.push([name, value]);
  return jsonObject([
    ["id", `bailiwick.${type}`],
    ["type", "custom"],
    ["properties", jsonObject(said)],
  ]);
}

/** The member of a context that lists them. */
export const DECLARED = "bailiwick_obligations";

/** What a question may declare for itself, beside what its peer is registered with (D66). */
export function declaredIn(context: JsonObject): ReadonlySet<string> {
  const listed = member(context, DECLARED);
  const known = new Set<string>(DUTIES);
  return new Set(
    isJsonArray(listed) ? listed.filter((one): one is string => typeof one === "string" && known.has(one)) : [],
  );
}
