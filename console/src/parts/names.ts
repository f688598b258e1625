// SPDX-License-Identifier: Apache-2.0

/** `spiffe://<domain>/agent/x` is `x`; anything else keeps its own name. */
export function shortScope(id: string): string {
  return id.replace(/^spiffe:\/\/[^/]+\/(?:[a-z-]+\/)?/, "");
}
