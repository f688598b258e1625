// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { placeOf } from "./search.tsx";

test.each([
  ["bw-7q2f3ab", "/decisions/BW-7Q2F3AB"],
  [" 01A202FA-72DB-7554-B674-08713096F8C6 ", "/decisions/01a202fa-72db-7554-b674-08713096f8c6"],
  ["#12", "/decisions/12"],
  ["spiffe://office.example/agent/x", "/identities/spiffe%3A%2F%2Foffice.example%2Fagent%2Fx"],
  ["invoice-helper", "/decisions?answer=all&who=invoice-helper"],
  ["  ", undefined],
])("X29: `%s` leads to %s", (typed, place) => {
  expect(placeOf(typed)).toBe(place);
});
