// SPDX-License-Identifier: Apache-2.0
// The control feed: one list of what was stopped, for credentials and for orders. A row without `order` kills what was issued
// in its scope up to `at` and nothing later; a row with one also binds the future, until its `none` (identify I34, I35).

import { hash } from "node:crypto";
import { canonicalText } from "./canonical.ts";
import { type Digest, type OrderId, parseDigest } from "./ids.ts";
import { type JsonObject, jsonObject } from "./json.ts";
import type { Instant } from "./time.ts";

/** Ascending; the strictest over all matching rows wins. */
export const FEED_EFFECTS = ["none", "throttle", "challenge", "read-only", "isolate"] as const;
export type Effect = (typeof FEED_EFFECTS)[number];

/** `step` and `txn` take their subtree; a person is `identity`. */
export const SCOPE_KINDS = [
  "jti",
  "step",
  "mandate",
  "txn",
  "jkt",
  "instance",
  "identity",
  "blueprint",
  "root",
  "sponsor",
  "server",
  "tool",
  "lineage",
  "jurisdiction",
  "tenant",
  "kid",
  "issuer",
  "all",
] as const;
export type ScopeKind = (typeof SCOPE_KINDS)[number];

export interface ScopeKey {
  readonly kind: ScopeKind;
  /** `all` for kind `all`. */
  readonly id: string;
}

/** Scopes that are the caller's own: who goes on under an order on one of these goes on against it. */
const OWN: ReadonlySet<ScopeKind> = new Set(["step", "mandate", "txn", "jkt", "instance", "identity"]);

/** Of a caller's scopes those that are its own, and not a tool's, a kind's or a place's. */
export function ownScopes(keys: readonly ScopeKey[]): readonly ScopeKey[] {
  return keys.filter(({ kind }) => OWN.has(kind));
}

export interface ControlDraft extends ScopeKey {
  readonly effect: Effect;
  readonly order?: OrderId;
  /** When nothing that it kills can be alive any more; absent where nobody can say. */
  readonly exp?: Instant;
  readonly why: string;
  readonly synthetic: boolean;
}

export interface ControlEntry extends ControlDraft {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly at: Instant;
  /** SHA-256 of the head before it, `|`, and the canonical form of the row: a gap or a fork shows. */
  readonly head: Digest;
}

/** The head before the first row. */
export const FEED_START: Digest = parseDigest(`sha256:${"0".repeat(64)}`);

/** The head that a row makes of the one before it. */
export function feedHead(before: Digest, row: Omit<ControlEntry, "head">): Digest {
  const { seq, at, kind, id, effect, order, exp, why, synthetic } = row;
  const json: JsonObject = jsonObject([
    ...Object.entries({ seq, at, kind, id, effect, why, synthetic }),
    ...(order === undefined ? [] : [["order", order] as const]),
    ...(exp === undefined ? [] : [["exp", exp] as const]),
  ]);
  return parseDigest(`sha256:${hash("sha256", `${before}|${canonicalText(json)}`, "hex")}`);
}

/** The stricter of two effects. */
export function stricterEffect(a: Effect, b: Effect): Effect {
  return FEED_EFFECTS.indexOf(a) >= FEED_EFFECTS.indexOf(b) ? a : b;
}
