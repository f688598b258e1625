// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Trust, trustRank } from "../../core/index.ts";
import { BOUND, peer, task, tool, traceOf } from "../testing/tasks.ts";
import { strictForm } from "./strict.ts";

/** What an attacker, or a model, may do to a value on the way (protect section 7). */
const MUTATIONS: Readonly<Record<string, (value: string) => string>> = {
  upper: (v) => v.toUpperCase(),
  swapped: (v) => v.replace(/[a-z]/i, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())),
  "full width": (v) => v.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
  homoglyph: (v) => v.replaceAll("a", "а").replaceAll("e", "е").replaceAll("o", "о"),
  "zero-width": (v) => v.replace(/.(?=.)/su, "$&\u200b"),
  split: (v) => `${v.slice(0, v.length / 2)} ${v.slice(v.length / 2)}`,
  newline: (v) => `${v.slice(0, v.length / 2)}\n${v.slice(v.length / 2)}`,
  base64: (v) => Buffer.from(v).toString("base64"),
  hex: (v) => Buffer.from(v).toString("hex"),
  percent: (v) => [...Buffer.from(v)].map((b) => `%${b.toString(16).padStart(2, "0")}`).join(""),
  url: encodeURIComponent,
  reversed: (v) => Array.from(v).toReversed().join(""),
  spaced: (v) => Array.from(v).join(" "),
  quoted: (v) => `"${v}"`,
  padded: (v) => `  ${v}\t`,
  prefixed: (v) => `x${v}`,
  decomposed: (v) => v.normalize("NFD"),
  digits: (v) => v.replace(/[0-9]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 48 + 0x660)),
  words: (v) => v.replaceAll("1", "one").replaceAll("2", "two").replaceAll("0", "zero"),
};

const anyValue = fc.oneof(
  fc.emailAddress(),
  fc.webUrl(),
  fc.constantFrom(
    "GB29 NWBK 6016 1331 9268 19",
    "DE89370400440532013000",
    "reports/2026/q3.txt",
    "Élodie Fabre",
    "INV-2026-0042",
  ),
  fc.string({ minLength: 4, maxLength: 40 }),
  fc.stringMatching(/^[a-z]{4,12}-[0-9]{2,6}$/),
  fc.integer({ min: 1000 }).map(String),
);
const anyTier = fc.constantFrom<Trust>("unknown", "web", "peer", "tool", "directory");

describe.each(Object.entries(MUTATIONS))("P31: %s can only lose trust", (_, mutate) => {
  test("for values of every kind, in every tier and role", () => {
    fc.assert(
      fc.property(anyValue, anyTier, anyTier, fc.constantFrom(...BOUND), (value, tier, other, role) => {
        const t = task();
        t.seed("please take care of the usual things", "user");
        t.ingest({ json: { value } }, { ...peer, tier });
        t.ingest({ text: "something else that was read" }, { ...tool, tier: other });
        const mutated = mutate(value);
        if (mutated.trim() === "") return;
        const before = traceOf(t, role, value);
        const after = traceOf(t, role, mutated);
        expect(trustRank(after.trust)).toBeLessThanOrEqual(trustRank(before.trust));
        expect([before.contract, after.contract]).not.toEqual(["broken", "met"]);
      }),
      { numRuns: 60 },
    );
  });

  test("of a value that the person named, unless it is still the same", () => {
    const values = [
      "anna.keller@example.com",
      "GB29 NWBK 6016 1331 9268 19",
      "https://example.com/a/b",
      "reports/2026/q3.txt",
    ];
    for (const value of values) {
      const t = task();
      t.seed(`please use ${value} for it`, "user");
      t.ingest({ text: "something else that was read" }, peer);
      const mutated = mutate(value);
      const same = strictForm(mutated) === strictForm(value);
      expect(traceOf(t, "target", mutated), mutated).toMatchObject(
        same ? { trust: "user", contract: "met" } : { trust: "peer", contract: "broken" },
      );
    }
  });
});
