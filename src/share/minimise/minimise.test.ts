// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalText, type Json, type JsonObject, parseDigest, parseJson } from "../../core/index.ts";
import { minimise, type Profile, type Rule } from "../index.ts";
import { leavesOf } from "../preview/leaves.ts";
import { DROPS } from "./reasons.ts";
import { TRANSFORMS, type Transform } from "./transforms.ts";

const profileOf = (rules: Readonly<Record<string, Rule>>): Profile => ({
  id: "test",
  version: 1,
  tlp: "GREEN",
  types: new Map([["note", new Map(Object.entries(rules))]]),
  digest: parseDigest(`sha256:${"0".repeat(64)}`),
});
const text = (json: Json | undefined): string => (json === undefined ? "nothing" : canonicalText(json));

/** Few names, so that rules meet members; some that are awkward in a pointer. */
const name = fc.constantFrom("a", "b", "c", "*", "~", "/", "__proto__");
const time = fc
  .date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());
const leaf: fc.Arbitrary<unknown> = fc.oneof(
  time,
  fc.constantFrom("FR", "US-CA", "EU", "x", ""),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(name, tie("tree"), { maxKeys: 4 }),
  ),
}));
const object: fc.Arbitrary<JsonObject> = fc
  .dictionary(name, tree, { maxKeys: 5 })
  .map((members) => parseJson(`{"type":"note",${JSON.stringify(members).slice(1)}`.replace(",}", "}")) as JsonObject);
const segment = fc.constantFrom("a", "b", "c", "~0", "~1", "*", "__proto__");
const pointer = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join("/")}`);
const rule: fc.Arbitrary<Rule> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TRANSFORMS).map((transform) => ({ transform })) },
  { weight: 1, arbitrary: fc.constantFrom(...DROPS).map((drop) => ({ drop })) },
);
const rules = fc
  .dictionary(pointer, rule, { maxKeys: 12 })
  .map((drawn): Record<string, Rule> => ({ ...drawn, "/type": { transform: "keep" } }));

/** The transforms that let out only what can be told from what this one lets out. */
const COARSER: Readonly<Record<Transform, readonly Transform[]>> = {
  keep: TRANSFORMS,
  hour: ["hour", "day", "month"],
  day: ["day", "month"],
  month: ["month"],
  country: ["country"],
};

/** A profile that is nowhere looser: some rules are gone, some coarser, some drop more. */
function stricter(loose: Readonly<Record<string, Rule>>, seed: readonly number[]): Record<string, Rule> {
  const drawn = (i: number): number => seed[i % seed.length] ?? 0;
  return Object.fromEntries(
    Object.entries(loose).flatMap(([at, one], i): (readonly [string, Rule])[] => {
      if (!("transform" in one)) return [[at, one]];
      const coarser = COARSER[one.transform];
      if (at !== "/type" && drawn(i) % 4 === 0) return [];
      if (at !== "/type" && drawn(i) % 4 === 1) return [[at, { drop: "affairs" }]];
      return [[at, at === "/type" ? one : { transform: coarser[drawn(i) % coarser.length] ?? one.transform }]];
    }),
  );
}

describe("minimise", () => {
  test("S15: the same twice, and once more takes nothing more", () => {
    fc.assert(
      fc.property(object, rules, (known, drawn) => {
        const profile = profileOf(drawn);
        const once = minimise(known, profile);
        expect(minimise(known, profile)).toEqual(once);
        const twice = minimise(once.object ?? {}, profile);
        expect(text(twice.object)).toBe(text(once.object));
        expect(twice.removed.filter(({ pointer: at }) => at !== "")).toEqual([]);
      }),
    );
  });

  test("S15: what a stricter profile lets out can be told from what a looser one lets out", () => {
    fc.assert(
      fc.property(object, rules, fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), (known, drawn, seed) => {
        const loose = minimise(known, profileOf(drawn)).object;
        const strict = profileOf(stricter(drawn, seed));
        expect(text(minimise(loose ?? {}, strict).object)).toBe(text(minimise(known, strict).object));
      }),
      { numRuns: 500 },
    );
  });

  test("S15: every leaf is either there as it was, or named with a reason; none is invented", () => {
    fc.assert(
      fc.property(object, rules, (known, drawn) => {
        const { object: left, removed } = minimise(known, profileOf(drawn));
        const gone = new Map(removed.map((one) => [one.pointer, one]));
        const expected = [...leavesOf(known)].flatMap(({ pointer: at, text: was }) => {
          const fate = gone.get(at);
          if (fate === undefined) return [was];
          expect(fate.reason).not.toBe("");
          return fate.became === undefined ? [] : [text(fate.became).replaceAll('"', "")];
        });
        expect(left === undefined ? [] : [...leavesOf(left)].map((one) => one.text)).toEqual(expected);
        // an empty list or object is a leaf to `minimise` and has none of its own
        const leaves = new Set([...leavesOf(known)].map((one) => one.pointer));
        expect(removed.filter(({ pointer: at, became }) => !leaves.has(at) && became !== undefined)).toEqual([]);
      }),
    );
  });

  test("S15: a member that no rule names does not leave, wherever it stands", () => {
    fc.assert(
      fc.property(object, rules, (known, drawn) => {
        const secret = { text: "PLANTED", list: ["PLANTED"] };
        const planted: JsonObject = { ...known, secret, a: { secret, b: [{ secret }, [secret]] }, "*": secret };
        expect(text(minimise(planted, profileOf(drawn)).object)).not.toContain("PLANTED");
      }),
    );
  });

  test("S15: why, for each way in which a leaf goes", () => {
    const profile = profileOf({
      "/type": { transform: "keep" },
      "/when": { transform: "hour" },
      "/day": { transform: "day" },
      "/month": { transform: "month" },
      "/where": { transform: "country" },
      "/list": { transform: "keep" },
      "/rows/*/kept": { transform: "keep" },
      "/who": { drop: "identity" },
      "/odd": { transform: "hour" },
      "/deep": { transform: "keep" },
    });
    const known: JsonObject = {
      type: "note",
      when: "2026-11-22T09:31:12.345Z",
      day: "2026-11-22T09:31:12Z",
      month: "2026-11-22T09:31:12.345678Z",
      where: "US-CA",
      list: ["x", "y"],
      rows: [{ kept: 1, other: 2 }, { other: 3 }],
      who: { name: "somebody" },
      odd: "yesterday",
      deep: { nested: "x" },
      new: "x",
    };
    const { object: left, removed } = minimise(known, profile);
    expect(JSON.parse(text(left))).toEqual({
      type: "note",
      when: "2026-11-22T09:00:00.000Z",
      day: "2026-11-22T00:00:00.000Z",
      month: "2026-11-01T00:00:00.000Z",
      where: "US",
      list: ["x", "y"],
      rows: [{ kept: 1 }],
    });
    expect(removed.map(({ pointer: at, reason }) => `${at}: ${reason}`)).toEqual([
      "/when: time cut to the hour",
      "/day: time cut to the day",
      "/month: time cut to the month",
      "/where: place cut to the country",
      "/rows/0/other: not in the profile",
      "/rows/1/other: not in the profile",
      "/who/name: names a person or identity",
      "/odd: not what the profile expects there",
      "/deep/nested: not in the profile",
      "/new: not in the profile",
    ]);
  });

  test("S15: a star stands for places in a list, never for a member of that name", () => {
    const profile = profileOf({ "/type": { transform: "keep" }, "/a/*": { transform: "keep" } });
    expect(text(minimise({ type: "note", a: { "*": "x" } }, profile).object)).toBe('{"type":"note"}');
    expect(text(minimise({ type: "note", a: ["x"] }, profile).object)).toBe('{"a":["x"],"type":"note"}');
  });

  test("S15: an object of a type that the profile does not list does not leave", () => {
    const { object: left, removed } = minimise({ type: "malware", name: "x" }, profileOf({}));
    expect(left).toBeUndefined();
    expect(removed.map(({ code }) => code)).toEqual(["type-not-listed", "type-not-listed"]);
  });
});
