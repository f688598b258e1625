// SPDX-License-Identifier: Apache-2.0
// A policy set that somebody published: who, what was accepted in it, against what it was compared, and who agreed.
import { type Digest, type Instant, type JsonObject, jsonObject, type Problem } from "../../core/index.ts";
import type { Bundle } from "../sets/bundle.ts";
import type { Actor, Approval } from "./set-release.ts";

export interface PublishedSet {
  readonly digest: Digest;
  readonly sourceDigest: Digest;
  readonly name: string;
  readonly owner: string;
  readonly policies: number;
  /** What was wrong with it and did not block; `accepted` codes among them are the author's own word. */
  readonly problems: readonly Problem[];
  readonly by: Actor;
  readonly because: string;
  readonly at: Instant;
  /** What bound everybody when it was published: two people are needed for what lets more through than that. */
  readonly against: Digest | null;
  readonly tightens: boolean;
  readonly approved?: Approval;
  /** When it first bound somebody: what a rollback may go back to (D27). */
  readonly enforced?: Instant;
}

export function publishedSet(
  bundle: Bundle,
  act: Pick<PublishedSet, "by" | "because" | "at" | "against" | "tightens">,
): PublishedSet {
  const { digest, sourceDigest, name, owner, policies, problems } = bundle;
  return { digest, sourceDigest, name, owner, policies: policies.length, problems, ...act };
}

/** All that the second person was shown, in one canonical form (D22): the digest of this is what is signed. */
export function setTerms({ digest, sourceDigest, problems, by, because, against }: PublishedSet): JsonObject {
  return jsonObject([
    ["set", digest],
    ["source", sourceDigest],
    ["against", against],
    ["by", by],
    ["because", because],
    ["problems", problems.map(({ code, file, line }) => `${code} ${file}:${line}`)],
  ]);
}
