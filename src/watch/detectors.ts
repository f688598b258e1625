// SPDX-License-Identifier: Apache-2.0
// The certain detectors: pure functions of one event and of a small memory of the last minute. Time is the entry's, so that a
// replay sees what the gate saw (watch W7).
import type { DetectorId, FindingDraft, Instant, Ref } from "../core/index.ts";
import type { WatchEvent } from "./event.ts";

/** UNIT: ms. How long one try counts towards the next. */
export const WINDOW_MS = 60_000;
/** Proofs of one key shown again within the window: one is a client that sends twice, this many are two holders. */
export const REPLAYS = 3;
/** Tries of one contained identity within the window: this many are no accident. */
export const EVASIONS = 3;
/** Callers whose tries are remembered; the one that rested longest is forgotten. */
export const CALLERS_MAX = 10_000;

/** How often something happened lately, by key. */
export class Recent {
  private readonly times = new Map<string, Instant[]>();

  /** Counts one more, and says how many there are in the window with it. */
  count(key: string, at: Instant): number {
    const kept = (this.times.get(key) ?? []).filter((then) => then > at - WINDOW_MS);
    kept.push(at);
    this.times.delete(key);
    this.times.set(key, kept.slice(-Math.max(REPLAYS, EVASIONS)));
    const [oldest] = this.times.keys();
    if (this.times.size > CALLERS_MAX && oldest !== undefined) this.times.delete(oldest);
    return kept.length;
  }
}

/** Every sign that an event gives. */
export function signsOf(event: WatchEvent, recent: Recent): readonly FindingDraft[] {
  return [
    ...decoy(event),
    ...fork(event, recent),
    ...misuse(event),
    ...afterContainment(event, recent),
    ...drift(event),
    ...(event.sign === undefined ? [] : [draft(event, event.sign.detector, event.sign.code, { server: event.server })]),
  ];
}

function decoy(event: WatchEvent): readonly FindingDraft[] {
  return event.decoys.map(({ id, how, copy }) => {
    const code = event.identity === undefined ? "presented" : copy ? `${how}-copy` : how;
    return draft(event, "decoy", code, { decoy: id });
  });
}

function fork(event: WatchEvent, recent: Recent): readonly FindingDraft[] {
  const { jkt, code } = event;
  if (code !== "credential_replayed" || jkt === undefined) return [];
  const times = recent.count(`replay ${jkt}`, event.at);
  return times < REPLAYS ? [] : [draft(event, "fork", "proof-replayed", { times })];
}

const MISUSES: ReadonlyMap<string, string> = new Map([
  ["credential_wrong_audience", "wrong-audience"],
  ["credential_wrong_key", "wrong-key"],
  ["credential_wrong_environment", "wrong-environment"],
  ["credential_revoked", "revoked"],
]);

/** Only where the credential's signature held: anybody can write a token that names another. */
function misuse(event: WatchEvent): readonly FindingDraft[] {
  const code = MISUSES.get(event.code ?? "");
  return code === undefined || event.identity === undefined ? [] : [draft(event, "credential-misuse", code, {})];
}

function afterContainment(event: WatchEvent, recent: Recent): readonly FindingDraft[] {
  const { order, identity, code } = event;
  if (code !== "contained" || order === undefined || identity === undefined) return [];
  const times = recent.count(`after ${identity}`, event.at);
  return [draft(event, "after-containment", times < EVASIONS ? "acted" : "evades", { order, times })];
}

function drift(event: WatchEvent): readonly FindingDraft[] {
  if (event.drift === undefined) return [];
  const { tool, change, beside } = event.drift;
  if (beside === undefined) return [draft(event, "tool-drift", change, { server: event.server, tool })];
  return [draft(event, "tool-drift", "beside", { server: event.server, tool: `${beside} ${tool}` })];
}

function draft(event: WatchEvent, detector: DetectorId, code: string, params: FindingDraft["params"]): FindingDraft {
  const { scopes, entry, at, synthetic } = event;
  return { detector, code, subject: subjectOf(event), scopes, entries: [entry], params, at, synthetic };
}

/** Who or what it is about: the caller, else what was called. */
function subjectOf({ identity, drift: changed, server, sign }: WatchEvent): Ref {
  if (sign?.detector === "platform") return { type: "Log", id: server };
  if (changed !== undefined && changed.beside === undefined) return { type: "Tool", id: `${server}/${changed.tool}` };
  return identity === undefined ? { type: "Server", id: server } : { type: "Identity", id: identity };
}
