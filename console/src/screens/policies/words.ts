// SPDX-License-Identifier: Apache-2.0
// Sets and releases in few words.
import type { RolloutWish, SetReleaseView } from "../../../../src/sdk/index.ts";
import { policies as text } from "../../text/en-policies.ts";

/** UNIT: characters. As many of a digest as tell sets apart. */
const SHORT = 8;

export function shortSet(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, SHORT);
}

/** Everybody, or the facts and the share. */
export function whomOf({ scope, percent }: Pick<SetReleaseView, "scope" | "percent">): string {
  const whom = scope.length === 0 ? text.everybody : scope.map(([part, value]) => `${part} ${value}`).join(", ");
  return percent === 100 ? whom : `${whom}, ${text.share(percent)}`;
}

/** As it stands in the fields of the form. */
export interface WishText {
  readonly mode: string;
  readonly scope: string;
  readonly percent: string;
  readonly days: string;
  readonly because: string;
}

/** UNIT: ms. */
const DAY_MS = 86_400_000;

/** @param now - UNIT: ms */
export function wishOf(set: string, { mode, scope, percent, days, because }: WishText, now: number): RolloutWish {
  const facts = scope
    .split(/[\n,]/)
    .map((line) => line.split("=").map((part) => part.trim()))
    .flatMap(([part = "", value = ""]) => (part === "" ? [] : [[part, value] as const]));
  const until = days.trim() === "" ? {} : { until: new Date(now + Number(days) * DAY_MS).toISOString() };
  return { set, mode, scope: Object.fromEntries(facts), percent: Number(percent), ...until, because };
}
