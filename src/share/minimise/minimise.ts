// SPDX-License-Identifier: Apache-2.0
// Takes away what the profile does not list, and says of each leaf that went, or was cut, why (share S15). Pure.
// INVARIANT: idempotent; and a stricter profile after a looser one gives what the stricter one alone gives.
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonObject, member } from "../../core/index.ts";
import type { Profile, Rule } from "./profile.ts";
import { type RemovalCode, reasonText } from "./reasons.ts";
import { transformed } from "./transforms.ts";

/** One leaf that does not leave, or not as it was. */
export interface Removal {
  /** JSON pointer (RFC 6901) to it. */
  readonly pointer: string;
  readonly code: RemovalCode;
  readonly reason: string;
  /** What leaves instead; absent where nothing does. */
  readonly became?: Json;
}

export interface Minimised {
  /** Nothing where the profile lists no object of its type. */
  readonly object: JsonObject | undefined;
  readonly removed: readonly Removal[];
}

/** A rule is found for a pattern: a pointer in which each place in a list is `*`. */
type Rules = ReadonlyMap<string, Rule>;

interface Where {
  readonly pointer: string;
  readonly pattern: string;
}

const ROOT: Where = { pointer: "", pattern: "" };
/** What a member's own name is escaped to where it would read as a list; no profile can write it. */
const STAR = "~2";

/** @returns what may leave of an object, in its order, and every leaf that may not or not as it is */
export function minimise(object: JsonObject, profile: Profile): Minimised {
  const type = member(object, "type");
  const rules = typeof type === "string" ? profile.types.get(type) : undefined;
  const removed: Removal[] = [];
  const walk = (json: Json, at: Where): Json | undefined => {
    if (isJsonArray(json) && json.length > 0) return some(json.map((item, i) => walk(item, inList(at, i))));
    if (isJsonObject(json) && Object.keys(json).length > 0) {
      const kept = Object.entries(json).flatMap(([name, value]) => {
        const left = walk(value, inObject(at, name));
        return left === undefined ? [] : [[name, left] as const];
      });
      return kept.length === 0 ? undefined : jsonObject(kept);
    }
    const { left, why } = leaf(json, at.pattern, rules);
    if (why !== undefined) {
      const became = left === undefined ? {} : { became: left };
      removed.push({ pointer: at.pointer, code: why, reason: reasonText(why), ...became });
    }
    return left;
  };
  const left = walk(object, ROOT);
  return { object: isJsonObject(left) ? left : undefined, removed };
}

function leaf(
  json: Json,
  pattern: string,
  rules: Rules | undefined,
): { readonly left?: Json; readonly why?: RemovalCode } {
  if (rules === undefined) return { why: "type-not-listed" };
  const rule = ruleFor(pattern, rules);
  if (rule === undefined) return { why: "not-listed" };
  if ("drop" in rule) return { why: rule.drop };
  const left = transformed(json, rule.transform);
  // a list or object that is empty has no meaning in STIX, and is no leaf that a profile could mean
  if (left === undefined || typeof left === "object") return { why: "malformed" };
  if (left === json || rule.transform === "keep") return { left };
  return { left, why: rule.transform };
}

/** Its own rule; that of the list that it stands in; a `drop` of anything around it. */
function ruleFor(pattern: string, rules: Rules): Rule | undefined {
  for (let above = pattern; above !== ""; above = above.slice(0, above.lastIndexOf("/"))) {
    const dropped = rules.get(above);
    if (dropped !== undefined && "drop" in dropped) return dropped;
  }
  return rules.get(pattern) ?? (pattern.endsWith("/*") ? rules.get(pattern.slice(0, -2)) : undefined);
}

function inList({ pointer, pattern }: Where, index: number): Where {
  return { pointer: `${pointer}/${index}`, pattern: `${pattern}/*` };
}

function inObject({ pointer, pattern }: Where, name: string): Where {
  const segment = name.replaceAll("~", "~0").replaceAll("/", "~1");
  return { pointer: `${pointer}/${segment}`, pattern: `${pattern}/${segment.replaceAll("*", STAR)}` };
}

function some(items: readonly (Json | undefined)[]): Json | undefined {
  const kept = items.filter((item) => item !== undefined);
  return kept.length === 0 ? undefined : kept;
}
