// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { type CountryCode, getCountries, Metadata, parsePhoneNumberFromString } from "libphonenumber-js/max";
import { expect, test } from "vitest";
import { plansOf } from "./phone-plans.ts";

const plans = plansOf(getCountries());

/** With or without the digit that is dialled before it; other lengths have never been read. */
function isOfLength(country: CountryCode, digits: string): boolean {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const lengths = metadata.numberingPlan?.possibleLengths() ?? [];
  return lengths.includes(digits.length) || lengths.includes(digits.length - 1);
}

test("P5: what libphonenumber calls valid in a country, its plan does not rule out", () => {
  const digits = fc
    .tuple(fc.constantFrom("", "0", "00", "011", "1", "44"), fc.stringMatching(/^[0-9]{5,12}$/))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.constantFrom(...plans), digits, (plan, number) => {
      const read = parsePhoneNumberFromString(number, { defaultCountry: plan.country });
      const isValid = isOfLength(plan.country, number) && read?.isValid() === true;
      expect(!isValid || plan.mayDial(number)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("P5: a number that no plan has is ruled out without the library", () => {
  const [us] = plansOf(["US"]);
  expect(us?.mayDial("0000000000")).toBe(false);
  expect(us?.mayDial("4155552671")).toBe(true);
  expect(us?.mayDial("14155552671")).toBe(true);
});
