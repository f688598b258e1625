// SPDX-License-Identifier: Apache-2.0
// For whom a release is (D25): a few facts that an identity or a call must have, all of them.
import type { JsonObject } from "../../core/index.ts";

export const SCOPE_PARTS = ["kind", "blueprint", "environment", "jurisdiction", "server", "group"] as const;
export type ScopePart = (typeof SCOPE_PARTS)[number];

/** What is left out may be anything; nothing named is everybody. */
export type Scope = { readonly [part in ScopePart]?: string };

/** What is known of whoever asks; what is unknown fits no scope that names it. */
export interface Asker {
  /** Of the identity: what a share is counted from. */
  readonly id: string;
  readonly kind?: string;
  readonly blueprint?: string;
  readonly environment?: string;
  readonly jurisdiction?: string;
  /** Where the call goes. */
  readonly server?: string;
  /** Whether the sponsor is in a group. */
  isSponsoredBy(group: string): boolean;
}

export function fits(scope: Scope, asker: Asker): boolean {
  for (const part of SCOPE_PARTS) {
    const wanted = scope[part];
    if (wanted === undefined) continue;
    if (part === "group" ? !asker.isSponsoredBy(wanted) : asker[part] !== wanted) return false;
  }
  return true;
}

/** How many facts it names: the more, the narrower. */
export function narrowness(scope: Scope): number {
  return SCOPE_PARTS.filter((part) => scope[part] !== undefined).length;
}

export function isSameScope(a: Scope, b: Scope): boolean {
  return SCOPE_PARTS.every((part) => a[part] === b[part]);
}

/** Equally narrow, not the same, and somebody may be in both: nobody could say which of the two binds. */
export function isTie(a: Scope, b: Scope): boolean {
  if (narrowness(a) !== narrowness(b) || isSameScope(a, b)) return false;
  // a sponsor may be in two groups; every other fact has one value
  return SCOPE_PARTS.every(
    (part) => part === "group" || a[part] === undefined || b[part] === undefined || a[part] === b[part],
  );
}

export function scopeJson(scope: Scope): JsonObject {
  return Object.fromEntries(SCOPE_PARTS.flatMap((part) => (scope[part] === undefined ? [] : [[part, scope[part]]])));
}
