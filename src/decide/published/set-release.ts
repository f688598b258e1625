// SPDX-License-Identifier: Apache-2.0
// A release of a policy set: which rules, for whom, in which mode, from when to when (D25).
import {
  type BoundAssertion,
  type Digest,
  formatInstant,
  type IdentityId,
  type Instant,
  type JsonObject,
  jsonObject,
} from "../../core/index.ts";
import { ALL, shareOf } from "../releases/release.ts";
import { type Asker, fits, type Scope, scopeJson } from "./scope.ts";

/** `shadow` judges and binds nobody; `observe` lets through what it would stop (D24, D26). */
export const RELEASE_MODES = ["shadow", "observe", "enforce"] as const;
export type ReleaseMode = (typeof RELEASE_MODES)[number];

/** `waiting` for a second person; `paused` and `retired` bind nobody, and only what is paused may come back by itself. */
export const RELEASE_STATES = ["waiting", "standing", "paused", "retired"] as const;
export type ReleaseState = (typeof RELEASE_STATES)[number];

/** UNIT: ms. A second person has so long to agree to what one did alone (D27). */
export const CONFIRM_MS: number = 24 * 60 * 60_000;

/** Whoever does something here: a person, or the process itself. */
export type Actor = IdentityId | "system";

/** A second person's word. */
export interface Approval {
  readonly by: IdentityId;
  readonly at: Instant;
  /** Under which digest; for a set, of all that was shown. */
  readonly terms: Digest;
  /** Absent in the demo alone. */
  readonly bound?: BoundAssertion;
  /** Key of the signature, SubjectPublicKeyInfo. */
  readonly key?: string;
}

/** Crossing one of these, against what it stands over in the same time, pauses the release (D27). */
export interface RollbackIf {
  /** UNIT: share, 0 to 1, by which it may lie above. */
  readonly denyRate?: number;
  readonly challengeRate?: number;
  readonly errorRate?: number;
  /** UNIT: ms. */
  readonly windowMs: number;
}

export interface SetRelease {
  readonly id: string;
  readonly digest: Digest;
  readonly mode: ReleaseMode;
  readonly scope: Scope;
  /** UNIT: percent of the identities in its scope. */
  readonly percent: number;
  readonly from: Instant;
  readonly until?: Instant;
  readonly rollbackIf?: RollbackIf;
  readonly state: ReleaseState;
  /** Later ones with the same scope stand over earlier ones. */
  readonly seq: number;
  /** The release whose coming retired this one; its end brings this one back. */
  readonly retiredBy?: string;
  readonly by: Actor;
  readonly because: string;
  readonly changed: Instant;
  readonly approved?: Approval;
  /** What one person did at once, and a second one has to agree to. */
  readonly unconfirmed?: {
    readonly by: Actor;
    readonly what: "paused" | "rolled back" | "narrowed";
    readonly until: Instant;
    /** That nobody agreed in time is on the record. */
    readonly told?: true;
  };
}

/** Whether it counts at that time; what is over falls to what lies under it. */
export function isOn({ state, from, until }: SetRelease, now: Instant): boolean {
  return state === "standing" && from <= now && (until === undefined || now < until);
}

/** Whether it is for this one: by its scope, then by its share. */
export function isFor({ scope, percent, id }: SetRelease, asker: Asker): boolean {
  return fits(scope, asker) && (percent >= ALL || shareOf(id, asker.id) < percent);
}

/** It binds for good, everybody in its scope: what stood under it stands for nobody any more. */
export function isWhole({ mode, percent, until }: SetRelease): boolean {
  return mode !== "shadow" && percent >= ALL && until === undefined;
}

/** What is agreed to where a release itself needs a second person. */
export function releaseTerms({
  id,
  digest,
  mode,
  scope,
  percent,
  from,
  until,
  state,
  unconfirmed,
}: SetRelease): JsonObject {
  return jsonObject([
    ["release", id],
    ["set", digest],
    ["mode", mode],
    ["scope", scopeJson(scope)],
    ["percent", percent],
    ["from", formatInstant(from)],
    ["until", until === undefined ? null : formatInstant(until)],
    ["state", state],
    ["did", unconfirmed === undefined ? null : unconfirmed.what],
  ]);
}
