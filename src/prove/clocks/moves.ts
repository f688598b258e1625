// SPDX-License-Identifier: Apache-2.0
// What a change of the case does to a clock that runs: earlier is automatic, later needs a person (prove J51).
import type { DutyClock } from "./clock.ts";
import type { Reading } from "./reading.ts";

/** `started`: there was no instant before. */
export type Move = "started" | "earlier" | "later" | "gone" | "none";

/** The limits that alarm, which is not always what was computed last. */
export interface Effective {
  readonly strict?: Reading | undefined;
  readonly latest?: Reading | undefined;
}

export interface Moved {
  readonly move: Move;
  readonly effective: Effective;
  /** A person has to confirm before it takes effect; until then what was due stays due. */
  readonly proposed?: Effective | undefined;
}

/** @param before what alarmed until now @param after the clock as it is computed from the changed case */
export function moveOf(before: Effective | undefined, after: Pick<DutyClock, "strict" | "latest">): Moved {
  const now: Effective = { strict: after.strict, latest: after.latest };
  if (before?.strict === undefined) return { move: now.strict === undefined ? "none" : "started", effective: now };
  if (now.strict === undefined) return { move: "gone", effective: before, proposed: now };
  const by = difference(before.strict, now.strict) || difference(before.latest, now.latest);
  if (by === 0) return { move: "none", effective: now };
  if (by > 0) return { move: "later", effective: before, proposed: now };
  // an earlier strict reading takes effect at once; a later end beside it is not granted with it
  const latest = difference(before.latest, now.latest) > 0 ? before.latest : now.latest;
  return { move: "earlier", effective: { strict: now.strict, latest } };
}

/** A reading that is withheld counts as no later than any: it cannot make lateness later. */
function difference(before: Reading | undefined, after: Reading | undefined): number {
  if (before === undefined || after === undefined) return 0;
  return after.at - before.at;
}
