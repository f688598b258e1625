// SPDX-License-Identifier: Apache-2.0
// Policy sets and releases as the control API tells them.
import {
  formatInstant,
  type IdentityId,
  type Instant,
  type Json,
  type JsonObject,
  jsonObject,
  parseJson,
} from "../../core/index.ts";
import { type BundleDiff, isOn, type PublishedSet, type SetRelease, scopeJson } from "../../decide/index.ts";
import type { Checked, LastCalls } from "../policy-desk.ts";

/** How somebody is called; their id where nobody knows. */
export type Names = (id: IdentityId | "system") => string;

export function setRow(
  set: PublishedSet,
  { names, fourEyes }: { readonly names: Names; readonly fourEyes: boolean },
): JsonObject {
  const { digest, name, owner, policies, by, because, at, against, tightens, approved, enforced, problems } = set;
  const state = tightens || !fourEyes ? "one person" : approved === undefined ? "waiting" : "approved";
  return jsonObject([
    ["digest", digest],
    ["name", name],
    ["owner", owner],
    ["policies", policies],
    ["state", state],
    ["tightens", tightens],
    ["by", names(by)],
    ["because", because],
    ["at", formatInstant(at)],
    ["against", against],
    ["problems", plain(problems)],
    ...maybe("approvedBy", approved === undefined ? undefined : names(approved.by)),
    ...maybe("approvedAt", timeOf(approved?.at)),
    ...maybe("enforced", timeOf(enforced)),
  ]);
}

interface AroundRelease {
  readonly names: Names;
  readonly now: Instant;
  /** Of its set. */
  readonly name: string;
  /** Why whoever asks may not agree to it; empty where they may. */
  readonly barred: string;
  readonly shadow: { readonly judged: number; readonly different: number; readonly stride: number };
}

export function releaseRow(release: SetRelease, { names, now, name, barred, shadow }: AroundRelease): JsonObject {
  const { id, digest, mode, scope, percent, from, until, state, by, because, changed, approved, unconfirmed } = release;
  const isOver = until !== undefined && now >= until;
  return jsonObject([
    ["id", id],
    ["set", digest],
    ["name", name],
    ["mode", mode],
    ["scope", scopeJson(scope)],
    ["percent", percent],
    ["from", formatInstant(from)],
    ["state", state === "standing" && isOver ? "over" : state],
    ["on", isOn(release, now)],
    ["by", names(by)],
    ["because", because],
    ["barred", barred],
    ["changed", formatInstant(changed)],
    ...maybe("until", timeOf(until)),
    ...maybe("approvedBy", approved === undefined ? undefined : names(approved.by)),
    ...(unconfirmed === undefined
      ? []
      : [
          [
            "unconfirmed",
            { by: names(unconfirmed.by), what: unconfirmed.what, until: formatInstant(unconfirmed.until) },
          ] as const,
        ]),
    ...(mode === "shadow"
      ? [["shadow", { judged: shadow.judged, different: shadow.different, stride: shadow.stride }] as const]
      : []),
  ]);
}

export function diffRow({ added, removed, changed, isSchemaSame, found, tries }: BundleDiff): JsonObject {
  return jsonObject([
    ["added", [...added]],
    ["removed", [...removed]],
    ["changed", [...changed]],
    ["isSchemaSame", isSchemaSame],
    ["tries", tries],
    ["found", plain(found)],
  ]);
}

export function checkedRow({ digest, policies, problems, cases }: Checked): JsonObject {
  return jsonObject([
    ["digest", digest],
    ["policies", policies],
    ["problems", plain(problems)],
    ["cases", { ...cases }],
  ]);
}

export function callsRow({ calls, differ, moves }: LastCalls): JsonObject {
  return jsonObject([
    ["calls", calls],
    ["differ", differ],
    ["moves", [...moves]],
  ]);
}

function timeOf(at: Instant | undefined): string | undefined {
  return at === undefined ? undefined : formatInstant(at);
}

function maybe(name: string, value: string | undefined): readonly (readonly [string, Json])[] {
  return value === undefined ? [] : [[name, value]];
}

/** What is JSON in all but its type. */
function plain(value: unknown): Json {
  return parseJson(JSON.stringify(value));
}
