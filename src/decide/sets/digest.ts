// SPDX-License-Identifier: Apache-2.0
// Digests of a bundle (D21): of what it means, where comments and layout count for nothing, and of its bytes.
import { createHash } from "node:crypto";
import {
  canonicalText,
  type Digest,
  digestOf,
  isJsonArray,
  isJsonObject,
  type Json,
  jsonObject,
  parseDigest,
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

/**
 * The whole set, policies in bundle order, with every definition of the bundle; in steps, one a policy (D23). The digest of the
 * canonical text of `{policies, profiles, schema, version}`, whose members stand in the order of their names.
 */
export function* digesting(
  schema: Json,
  policies: readonly { readonly id: string; readonly json: Json }[],
  profiles: Profiles,
): Generator<void, Digest> {
  const text = createHash("sha256").update('{"policies":[');
  for (const [index, { id, json }] of policies.entries()) {
    text.update(`${index === 0 ? "" : ","}${canonicalText([id, lossless(json)])}`);
    yield;
  }
  text.update(
    `],"profiles":${canonicalText(definition(profiles))},"schema":${canonicalText(lossless(schema))},"version":1}`,
  );
  return parseDigest(`sha256:${text.digest("hex")}`);
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
