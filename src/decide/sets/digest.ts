// SPDX-License-Identifier: Apache-2.0
// Digests of a bundle (D21): of what it means, where comments and layout count for nothing, and of its bytes.
import {
  type Digest,
  digestOf,
  isJsonArray,
  isJsonObject,
  type Json,
  jsonObject,
  RawNumber,
} from "../../core/index.ts";
import type { Rule } from "../policy-set.ts";
import { definition, type Profiles } from "./profiles.ts";
import type { SourceFile } from "./source.ts";

/**
 * One policy: its id, its meaning, annotations included, and what the profiles that it names say. Evidence names a policy by
 * this digest, so that a remedy that becomes stricter is asked for anew.
 */
export function schemaDigest(json: Json): Digest {
  return digestOf(lossless(json));
}

export function policyDigest(id: string, json: Json, duties: Omit<Rule, "hit">): Digest {
  return digestOf({ id, policy: lossless(json), duties: definition(duties) });
}

/** The whole set, policies in bundle order, with every definition of the bundle. */
export function setDigest(
  schema: Json,
  policies: readonly { readonly id: string; readonly json: Json }[],
  profiles: Profiles,
): Digest {
  return digestOf({
    version: 1,
    schema: lossless(schema),
    policies: policies.map(({ id, json }) => [id, lossless(json)]),
    profiles: definition(profiles),
  });
}

/** Every byte of every file. */
export function sourceDigest(files: readonly SourceFile[]): Digest {
  return digestOf(files.map(({ path, text }) => [path, digestOf(text)]));
}

/** Integers beyond 2^53 as `{"$long": ".."}`, so that any reader of the JSON arrives at the same digest. */
function lossless(json: Json): Json {
  if (json instanceof RawNumber) return { $long: json.lexeme };
  if (typeof json === "number" && !Number.isSafeInteger(json)) return { $long: String(json) };
  if (isJsonArray(json)) return json.map(lossless);
  if (isJsonObject(json)) return jsonObject(Object.entries<Json>(json).map(([name, value]) => [name, lossless(value)]));
  return json;
}
