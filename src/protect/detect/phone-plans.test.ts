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

test("P5: a plan says what libphonenumber says, or that it has to be asked", () => {
  const digits = fc
    .tuple(fc.constantFrom("", "0", "00", "011", "1", "44"), fc.stringMatching(/^[0-9]{5,12}$/))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.constantFrom(...plans), digits, (plan, number) => {
      const read = parsePhoneNumberFromString(number, { defaultCountry: plan.country });
      const isValid = isOfLength(plan.country, number) && read?.isValid() === true;
      const said = plan.dial(number);
      const expected = isValid ? { number: read.number, country: read.country } : undefined;
      const told = said === undefined || said === "ask" ? said : { ...said, country: plan.country };
      expect([expected, "ask"]).toContainEqual(told);
    }),
    { numRuns: 500 },
  );
});

test("P5: a number that no plan has is ruled out without the library", () => {
  const [us, de] = plansOf(["US", "DE"]);
  expect(us?.dial("0000000000")).toBeUndefined();
  expect(us?.dial("4155552671")).toBe("ask");
  expect(us?.dial("14155552671")).toBe("ask");
  expect(de?.dial("20261234")).toEqual({ number: "+4920261234" });
});
