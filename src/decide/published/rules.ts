// SPDX-License-Identifier: Apache-2.0
// Who may do what to a set and a release (D22, D25, D26, D27): pure, so that every rule is one test.
import type { Digest, IdentityId, Instant } from "../../core/index.ts";
import { OBSERVE_MAX_MS } from "../releases/release.ts";
import type { PublishedSet } from "./published-set.ts";
import { isSameScope, isTie } from "./scope.ts";
import { type Actor, isWhole, type SetRelease } from "./set-release.ts";

/** A no, for a person. */
export interface No {
  readonly no: "unknown" | "refused";
  readonly why: string;
  readonly fix?: string;
}

export function refused(why: string, fix?: string): No {
  return { no: "refused", why, ...(fix === undefined ? {} : { fix }) };
}

export const UNKNOWN_SET: No = {
  no: "unknown",
  why: "no set of that digest was published",
  fix: "npx bailiwick policy publish DIR",
};
export const UNKNOWN_RELEASE: No = {
  no: "unknown",
  why: "there is no such release",
  fix: "npx bailiwick policy status",
};

export interface Around {
  readonly fourEyes: boolean;
  readonly now: Instant;
  /** Of what binds whoever no narrower release is for. */
  readonly general: Digest | null;
  /** Whether the set only takes away from everything that binds anybody now. */
  readonly tightensAll: boolean;
}

/** Nobody agrees to what is their own (D22). */
export function barredFrom(by: Actor, person: IdentityId): No | undefined {
  if (by !== person) return undefined;
  return refused(
    "it is your own: another person has to agree to it",
    "ask somebody else who has the right policy.publish",
  );
}

/** Whether this set may bind by this release: one person tightens, two loosen. */
export function mayBind(set: PublishedSet, { mode }: Pick<SetRelease, "mode">, around: Around): No | undefined {
  // who observes is judged by a second person for the release itself; a shadow binds nobody
  if (mode !== "enforce" || !around.fourEyes || around.tightensAll) return undefined;
  const approve = `npx bailiwick policy approve ${set.digest}`;
  if (set.approved === undefined)
    return refused("it lets something through that is stopped now, and no second person agreed to it", approve);
  if (set.against === around.general) return undefined;
  return refused(
    "what it was compared with when somebody agreed to it is in force no more",
    "publish it again, so that a second person sees what it changes now",
  );
}

/** Whether the dates and the scope can be meant. */
export function mayStand(release: SetRelease, others: readonly SetRelease[], now: Instant): No | undefined {
  const { mode, from, until, scope } = release;
  if (until !== undefined && (until <= from || until <= now)) return refused("it would end before it begins");
  if (mode === "observe" && (until === undefined || until - from > OBSERVE_MAX_MS))
    return refused("a release is observed for 30 days at most", "give an end: --until 30d");
  if (mode === "shadow") return undefined;
  const tied = others.find(
    (other) =>
      other.id !== release.id &&
      other.mode !== "shadow" &&
      isOpen(other) &&
      overlap(other, release) &&
      isTie(other.scope, scope),
  );
  if (tied === undefined) return undefined;
  return refused(
    `release ${tied.id} is as narrow and for some of the same identities: nobody could say which of the two binds them`,
    "name one more fact in the scope, or roll that release back first",
  );
}

/** It binds somebody, or may again. */
export function isOpen({ state }: SetRelease): boolean {
  return state !== "retired";
}

/** What stood under a release that is for all of its scope for good: it binds nobody any more. */
export function supersededBy(release: SetRelease, all: readonly SetRelease[], now: Instant): readonly SetRelease[] {
  if (!isWhole(release) || release.mode !== "enforce" || release.from > now) return [];
  const under = all.filter(
    ({ id, scope, state, mode, digest }) =>
      id !== release.id &&
      state === "standing" &&
      isSameScope(scope, release.scope) &&
      (mode !== "shadow" || digest === release.digest),
  );
  return under.map((one) => ({ ...one, state: "retired", retiredBy: release.id, changed: release.changed }));
}

function overlap(a: SetRelease, b: SetRelease): boolean {
  return (a.until === undefined || a.until > b.from) && (b.until === undefined || b.until > a.from);
}
