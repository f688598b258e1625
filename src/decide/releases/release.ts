// SPDX-License-Identifier: Apache-2.0
// How far the rules are enforced at one server, and what follows from that for one task (D25, D26).
import { hash } from "node:crypto";
import {
  type AdminDraft,
  type IdentityId,
  type Instant,
  instant,
  type Json,
  jsonObject,
  type Mode,
  type ServerId,
  type TaskId,
} from "../../core/index.ts";

/** UNIT: ms. Observing is a beginning: after this long it ends (D26). */
export const OBSERVE_MAX_MS: number = 30 * 24 * 60 * 60_000;

/** Everybody, in percent. */
export const ALL = 100;

export interface ServerRelease {
  readonly server: ServerId;
  /** What the share of tasks is counted from: it stays, so that a growing share keeps the tasks that it has. */
  readonly release: string;
  /** UNIT: percent of tasks, 0 to 100. */
  readonly enforced: number;
  readonly since: Instant;
  /** Until when it may be observed; left out for a server that never was. */
  readonly until?: Instant;
  /** Its time to be observed is over, and the record says so. */
  readonly ended: boolean;
  readonly by: IdentityId | "system";
  readonly because: string;
  readonly changed: Instant;
}

/** A server that is seen for the first time. */
export function firstRelease(server: ServerId, mode: Mode, at: { now: Instant; id: string }): ServerRelease {
  const until = mode === "observe" ? { until: instant(at.now + OBSERVE_MAX_MS) } : {};
  return {
    server,
    release: at.id,
    enforced: mode === "observe" ? 0 : ALL,
    since: at.now,
    ...until,
    ended: false,
    by: "system",
    because: "the server is new here",
    changed: at.now,
  };
}

/** Whether any of its tasks may be observed at that time. */
export function mayObserve({ until, ended }: ServerRelease, now: Instant): boolean {
  return until !== undefined && !ended && now < until;
}

/** What binds one task at that time. */
export function modeOf(release: ServerRelease, task: TaskId, now: Instant): Mode {
  if (release.enforced >= ALL || !mayObserve(release, now)) return "enforce";
  return shareOf(release.release, task) < release.enforced ? "enforce" : "observe";
}

/** UNIT: percent, 0 to below 100. The same for one task or identity as long as the release stands. */
export function shareOf(release: string, one: string): number {
  const bits = Number.parseInt(hash("sha256", `${release}\n${one}`, "hex").slice(0, 8), 16);
  return (bits / 2 ** 32) * ALL;
}

/** The entry that tells of its last change. */
export function releaseEntry({ server, release, enforced, until, by, because }: ServerRelease): AdminDraft {
  const members: (readonly [string, Json])[] = [
    ["server", server],
    ["release", release],
    ["mode", enforced >= ALL ? "enforce" : "observe"],
    ["enforced", enforced],
  ];
  if (until !== undefined) members.push(["until", until]);
  return { type: "admin", name: "server.changed", by, because, data: jsonObject(members) };
}
