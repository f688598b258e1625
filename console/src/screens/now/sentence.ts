// SPDX-License-Identifier: Apache-2.0
// The first line of the screen: is anything wrong, and what waits for me. Pure: facts in, one line out.
import type { ContainmentView, DecisionLine } from "../../../../src/sdk/index.ts";
import { shortScope } from "../../parts/names.ts";
import { en } from "../../text/en.ts";

export interface NowFacts {
  /** UNIT: epoch ms by the server's clock. */
  readonly now: number;
  /** Calls that wait for a person; `undefined` where that could not be read. */
  readonly waiting: number | undefined;
  /** `undefined` where they could not be read. */
  readonly containments: readonly ContainmentView[] | undefined;
  /** Newest first. */
  readonly lines: readonly DecisionLine[];
  /** False where there may be more decisions than are in `lines`. */
  readonly complete: boolean;
  readonly mode: string;
  readonly recordState: string;
}

/** UNIT: ms. */
const MINUTE_MS = 60_000;

export function sentenceOf(facts: NowFacts): string {
  const { waiting, recordState } = facts;
  const text = en.sentence;
  return [
    ...(recordState === "open" ? [] : [text.record(recordState)]),
    ...containedOf(facts.containments),
    waiting === undefined ? text.waitsUnknown : text.waits(waiting),
    lastMinuteOf(facts),
  ].join(" ");
}

function containedOf(containments: readonly ContainmentView[] | undefined): readonly string[] {
  if (containments === undefined) return [en.sentence.containedUnknown];
  const active = containments.filter(isActive);
  const [only] = active;
  if (only === undefined) return [];
  if (active.length > 1) return [en.sentence.containedMany(active.length)];
  const { done, all } = acksOf(only);
  const isSure = all > 0 && done === all;
  const named = en.sentence.contained(shortScope(only.scope.id), EFFECTS.get(only.effect) ?? only.effect);
  return isSure ? [named] : [`${shortScope(only.scope.id)}: ${only.effect}. ${en.sentence.unconfirmed(done, all)}`];
}

const EFFECTS: ReadonlyMap<string, string> = new Map([
  ["isolate", "isolated"],
  ["throttle", "throttled"],
  ["challenge", "asked about every call"],
  ["read-only", "held to reading"],
]);

/** True while the order restricts somebody. */
export function isActive({ state }: ContainmentView): boolean {
  return state !== "released";
}

/** How many enforcement points have said that they stopped it. */
export function acksOf({ points }: ContainmentView): { readonly done: number; readonly all: number } {
  return { done: points.filter(({ state }) => state === "acked").length, all: points.length };
}

function lastMinuteOf({ lines, complete, now, mode }: NowFacts): string {
  const text = en.sentence;
  if (lines.length === 0 && complete) return text.nothingYet;
  const recent = lines.filter(({ at }) => Date.parse(at) > now - MINUTE_MS).length;
  const said = text.lastMinute(recent, recent > 0 && recent === lines.length && !complete);
  if (recent === 0) return `${said}.`;
  return `${said}, ${modeWords(mode, recent)}.`;
}

function modeWords(mode: string, recent: number): string {
  if (mode === "enforce") return en.sentence.enforced(recent);
  return mode === "mixed" ? en.sentence.mixed : en.sentence.observed;
}
