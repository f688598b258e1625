// SPDX-License-Identifier: Apache-2.0
// What the record says of sets and releases: who, what, against what, and the signature of whoever agreed, with its key.
import { type Json, type JsonObject, jsonObject, parseJson } from "../../core/index.ts";
import type { PublishedSet } from "./published-set.ts";
import { type Approval, releaseTerms, type SetRelease } from "./set-release.ts";

/** Problems that an entry lists; of more it has the number. */
const PROBLEMS_MAX = 32;

export function setData({
  name,
  sourceDigest,
  against,
  tightens,
  policies,
  problems,
  approved,
}: PublishedSet): JsonObject {
  const listed = problems.slice(0, PROBLEMS_MAX).map(({ code, file, line }) => `${code} ${file}:${line}`);
  return jsonObject([
    ["set", name],
    ["source", sourceDigest],
    ["against", against],
    ["tightens", tightens],
    ["policies", policies],
    ["problems", listed],
    ["problemCount", problems.length],
    ...approvalMembers(approved),
  ]);
}

/** @param others - what the same change did to other releases */
export function releaseData(release: SetRelease, others: readonly SetRelease[]): JsonObject {
  const { release: id, set: _, ...terms } = { ...releaseTerms(release) };
  return jsonObject([
    ["release", id ?? release.id],
    ...Object.entries<Json>(terms),
    [
      "others",
      others.map(({ id: other, state, digest }) => jsonObject(Object.entries({ release: other, state, set: digest }))),
    ],
    ...approvalMembers(release.approved),
  ]);
}

function approvalMembers(approved: Approval | undefined): readonly (readonly [string, Json])[] {
  return approved === undefined ? [] : [["approved", parseJson(JSON.stringify(approved))]];
}
