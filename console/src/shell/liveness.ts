// SPDX-License-Identifier: Apache-2.0
// Whether what is on the screen is true now. Pure: what was heard and when goes in, what a person is told comes out.

/** UNIT: ms. The server beats every 2 s; after this long without a word nothing on the screen counts as live. */
export const STALE_AFTER_MS = 4200;

export type Liveness =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  /** `since`: the server's clock when it was last heard, epoch ms; `undefined` where it never was. */
  | { readonly state: "stale"; readonly since: number | undefined }
  | { readonly state: "signed-out"; readonly since: number | undefined };

export interface Heard {
  /** UNIT: ms, monotonic, when the last word came; at the start, when the page began to listen. */
  readonly at: number;
  /** UNIT: epoch ms by the server's clock, of its last beat. */
  readonly serverAt: number | undefined;
  /** True where the stream broke and could not be opened again. */
  readonly isCut: boolean;
  readonly isSignedOut: boolean;
}

export function livenessOf(heard: Heard, now: number): Liveness {
  if (heard.isSignedOut) return { state: "signed-out", since: heard.serverAt };
  if (heard.isCut || now - heard.at > STALE_AFTER_MS) return { state: "stale", since: heard.serverAt };
  return heard.serverAt === undefined ? { state: "connecting" } : { state: "live" };
}

/**
 * The instant that the values on the screen belong to: now while they are live, and later on the last one that was.
 * UNIT: epoch ms by the server's clock.
 */
export function asOf(liveness: Liveness, now: number): number {
  const isOver = liveness.state === "stale" || liveness.state === "signed-out";
  return (isOver ? liveness.since : undefined) ?? now;
}

/** UNIT: ms. First and longest wait before the stream is asked for again. */
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 5000;

/**
 * How long to wait before try number `tries`, counted from 0; twice as long each time.
 * @param chance - from 0 to 1: not every page comes back at the same moment
 */
export function waitBefore(tries: number, chance: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
  return longest * (0.5 + chance / 2);
}
