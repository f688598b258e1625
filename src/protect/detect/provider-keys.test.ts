// SPDX-License-Identifier: Apache-2.0
// A rule is asked only of texts that hold one of its needles. Whether each pattern of each rule has its needle is read off the
// patterns themselves: what a rule runs over a text is watched, and texts are made that match it.
import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { NEEDLES, providerKeys } from "./provider-keys.ts";
import { Surroundings } from "./surroundings.ts";
import { ASSIGNS, KEY, triggersOf } from "./triggers.ts";

/** The patterns that each rule runs, by its id. */
function patterns(): ReadonlyMap<string, readonly RegExp[]> {
  const found = new Map<string, RegExp[]>();
  for (const rule of rules.filter(({ meta }) => meta.type === "scanner")) {
    const seen: RegExp[] = [];
    const watch = vi.spyOn(String.prototype, "matchAll").mockImplementation((pattern: RegExp) => {
      seen.push(pattern);
      return [][Symbol.iterator]();
    });
    void rule.create(NOWHERE, {}).file?.(ORDINARY);
    watch.mockRestore();
    found.set(rule.meta.id, seen);
  }
  return found;
}

type Rule = (typeof rules)[number];
const NOWHERE = {
  sharedOptions: {},
  createTranslator: () => () => ({}),
  ignore() {},
  report() {},
} as unknown as Parameters<Rule["create"]>[0];
const ORDINARY = { content: "an ordinary text", contentType: "text", ext: "" } as unknown as Parameters<
  NonNullable<ReturnType<Rule["create"]>["file"]>
>[0];

/** Without what a pattern wants around it, and without names of groups, which the maker of texts does not know. */
function bare({ source }: RegExp): RegExp {
  return new RegExp(
    source
      .replaceAll("\\b", "")
      .replace(/\(\?<?!(?:[^()\\[\]]|\\.|\[[^\]]*\])*\)/g, "")
      .replace(/\(\?<[a-z]+>/gi, "("),
  );
}

const all = [...patterns()]
  .flatMap(([id, of]) => of.map((pattern) => ({ id, pattern })))
  .filter(({ id }) => !isIdle(id));

/** What reports nothing in a text that is no file. */
function isIdle(id: string): boolean {
  return NEEDLES.get(id)?.length === 0;
}

test("P9: every rule that finds anything in a text has a pattern that is known here", () => {
  for (const [id, of] of patterns()) expect(isIdle(id) || of.length > 0, id).toBe(true);
  const idle = [...patterns().keys()].filter(isIdle).map((id) => id.replace("@secretlint/secretlint-rule-", ""));
  expect(idle).toEqual(["gcp", "filter-comments"]);
  expect(all.length).toBeGreaterThan(30);
});

test.each(all)("P9: whatever $pattern matches has a needle and its trigger", ({ id, pattern }) => {
  fc.assert(
    fc.property(fc.stringMatching(bare(pattern)), (text) => {
      expect(NEEDLES.get(id)?.some((needle) => text.includes(needle))).toBe(true);
      expect(triggersOf(text) & (KEY | ASSIGNS)).not.toBe(0);
    }),
    { numRuns: 10 },
  );
});

test("P9: a key is found beside nothing that it needs but its own letters", () => {
  const text = `npm_${"a1".repeat(18)}`;
  expect(providerKeys.find({ text, around: new Surroundings(text, []) })).toMatchObject([{ start: 0, end: 40 }]);
});
