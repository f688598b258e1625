// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { card } from "./card.ts";
import type { Detector, Found } from "./detector.ts";
import { aroundDigits } from "./digit-rows.ts";
import { ids } from "./ids.ts";
import { DEFAULT_REGIONS, phone } from "./phone.ts";
import { Surroundings } from "./surroundings.ts";
import { DIGITS, triggersOf } from "./triggers.ts";

const PIECES = ["4111 1111 1111 1111", "card", "2026-1234", "call", "ssn", "536-90-4399", "+33 6 12 34 56 78", "nric"];
const text: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...PIECES, "S1234567D", "個人番号 1234 5678 9018", "order no", "\n"),
      fc.constantFrom("a word ", "x", "and so it went on ").map((word) => word.repeat(9)),
      fc.string({ maxLength: 8 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(" "));

const find = (detector: Detector, of: string): readonly Found[] =>
  detector.find({ text: of, around: new Surroundings(of, []) }).filter(({ score }) => score >= 0.5);

const inOrder = (hits: readonly Found[]): readonly string[] => hits.map((hit) => JSON.stringify(hit)).toSorted();

test.each([card, ids, phone(DEFAULT_REGIONS)])(
  "P4: $name finds around rows of digits what it finds in the whole",
  (one) => {
    fc.assert(
      fc.property(text, (whole) => {
        const near = aroundDigits(whole).flatMap(({ start, end }) =>
          find(one, whole.slice(start, end)).map((hit) => ({ ...hit, start: hit.start + start, end: hit.end + start })),
        );
        expect(inOrder(near)).toEqual(inOrder(find(one, whole)));
      }),
    );
  },
);

test("P4: a text has a row of digits where its trigger says so", () => {
  fc.assert(
    fc.property(text, (whole) => {
      expect(aroundDigits(whole).length > 0).toBe((triggersOf(whole) & DIGITS) !== 0);
    }),
  );
});
