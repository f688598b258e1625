// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { codesIn, errorsPage, readRows } from "./error-codes.ts";

test("error codes: unions and single literals of types that are called so, with comments between", () => {
  const source = [
    'export type AErrorCode =\n  /** one */\n  | "A_ONE"\n  // two\n  | "A_TWO";',
    'type BErrorCode = "B_ONE";',
    'export type Colour = "RED";',
  ].join("\n");
  expect(codesIn("errors.ts", source)).toEqual(["A_ONE", "A_TWO", "B_ONE"]);
});

test("error codes: a page has every code under its room", () => {
  const table = readRows('B_ONE: {what: "x | y", do: "z"}\nA_ONE: {what: "p", do: "q"}\n');
  expect(errorsPage(["B_ONE", "A_ONE"], table)).toMatch(
    /## a\n\n\| code [^]*\| `A_ONE` \| p \| q \|\n\n## b\n[^]*\| `B_ONE` \| x \\\| y \| z \|\n$/,
  );
});

test("error codes: a code without a row and a row without a code both fail", () => {
  const table = readRows("A_ONE: {what: p, do: q}\n");
  expect(() => errorsPage(["A_ONE", "A_TWO"], table)).toThrow("A_TWO has no row");
  expect(() => errorsPage([], table)).toThrow("A_ONE has a row and is no code");
  expect(() => readRows("A_ONE: {what: p}\n")).toThrow("do");
});
