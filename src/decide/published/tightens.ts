// SPDX-License-Identifier: Apache-2.0
// Whether a set only takes away from another (D22): all of the old one, word for word, and more forbids. A forbid never relaxes
// an answer (D32), whatever its tier, so nobody is allowed anything by it that was not allowed before.
import type { Bundle } from "../sets/bundle.ts";

export function tightens(before: Bundle, after: Bundle): boolean {
  if (before.schemaDigest !== after.schemaDigest || before.domain !== after.domain) return false;
  // a policy's digest covers the duties and remedies that it names
  const kept = new Map(after.policies.map(({ id, digest }) => [id, digest]));
  if (before.policies.some(({ id, digest }) => kept.get(id) !== digest)) return false;
  const old = new Set(before.policies.map(({ id }) => id));
  return after.policies.every(({ id, effect }) => old.has(id) || effect === "forbid");
}
