// SPDX-License-Identifier: Apache-2.0
// Who put a value there, as far as that may decide anything (protect P22).

/** From lowest to highest, a total order. */
export const TRUSTS = ["unknown", "web", "peer", "tool", "directory", "mandate", "user"] as const;
/** `user`: a person's own words; `mandate`: what an order or the operator wrote; down to `unknown`: nobody can tell. */
export type Trust = (typeof TRUSTS)[number];

/** Position in the order, 0 for `unknown` to 6 for `user`. */
export function trustRank(trust: Trust): number {
  return TRUSTS.indexOf(trust);
}

/** The lowest of several; `user` for none, since nothing lowered it. */
export function lowestTrust(trusts: readonly Trust[]): Trust {
  return TRUSTS[Math.min(...trusts.map(trustRank), TRUSTS.length - 1)] ?? "unknown";
}
