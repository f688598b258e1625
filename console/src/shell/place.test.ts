// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { hrefOf, readPlace } from "./place.ts";

/** Text that an address can carry: no half of a surrogate pair. */
const text = fc.string({ unit: "binary" }).filter((one) => one.isWellFormed());

test("X22: whatever is put into an address comes out of it again", () => {
  fc.assert(
    fc.property(fc.array(text.filter((one) => !["", ".", ".."].includes(one))), text, (parts, who) => {
      const url = new URL(hrefOf(parts, { who, verb: undefined }), "http://localhost:7400");
      const place = readPlace(url);
      expect(place.parts).toEqual(parts);
      expect(place.query.get("who") ?? "").toBe(who);
      expect(place.query.has("verb")).toBe(false);
    }),
  );
});

test("X22: an address that was cut through an escape is still an address", () => {
  expect(readPlace({ pathname: "/decisions/%E0%A4%A/", search: "?at=1&at=2" }).parts).toEqual([
    "decisions",
    "%E0%A4%A",
  ]);
});
