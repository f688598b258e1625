// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { Expr } from "../cedar/policy.ts";
import { conditionWords } from "./words.ts";

const broken: Expr = {
  kind: "get",
  left: { kind: "get", left: { kind: "var", name: "context" }, attribute: "origin" },
  attribute: "broken",
};
const none: Expr = { kind: "unary", op: "isEmpty", arg: broken };
const THESE = "the arguments whose value came from somebody who may not choose it";

test("D40: a condition over an empty list reads as a sentence, and so does its opposite", () => {
  expect(conditionWords(none)).toBe(`there are none of ${THESE}`);
  expect(conditionWords({ kind: "unary", op: "!", arg: none })).toBe(`there are some of ${THESE}`);
});
