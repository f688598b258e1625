// SPDX-License-Identifier: Apache-2.0
// The first line of the list: what was answered in the last hour. Pure.
import type { MinuteList } from "../../../../src/sdk/index.ts";
import { en } from "../../text/en.ts";

/** @param counted - `undefined` where it could not be read, or is not read yet */
export function sentenceOf(counted: MinuteList | undefined): string {
  const text = en.decisions;
  if (counted === undefined) return text.title;
  const sums = new Map<string, number>();
  for (const { counts } of counted.minutes)
    for (const [answer, count] of counts) sums.set(answer, (sums.get(answer) ?? 0) + count);
  const all = [...sums.values()].reduce((sum, count) => sum + count, 0);
  const denied = sums.get("deny") ?? 0;
  const challenged = sums.get("challenge") ?? 0;
  return text.sentence({ all, denied, challenged, isAtLeast: !counted.complete });
}
