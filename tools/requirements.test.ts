// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { numbersIn, requirementsOf } from "./requirements.ts";

test("requirements: list items that start with a number, nothing else", () => {
  const specification =
    "- L9 Group commit.\n  - **L10** An fsync error.\n- a list item\nL11 in a sentence\n- L12-like words\n";
  expect(requirementsOf(specification)).toEqual([
    { number: "L9", text: "Group commit." },
    { number: "L10", text: "An fsync error." },
  ]);
});

test("requirements: a title names one or several", () => {
  const file =
    'test("L9: one", f);\ntest.each(CASES)("L10, L11 and L12: %s", f);\ntest(`X1: a`, f);\ntest("about L13", f);';
  expect(numbersIn(file)).toEqual(["L9", "L10", "L11", "L12", "X1"]);
});
