// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readable } from "./readable.ts";

test("X25: a call's arguments stand on lines of their own", () => {
  expect(readable('write_file {"content":"a\\nb","path":"p"}')).toBe(
    'write_file {\n  "content": "a\\nb",\n  "path": "p"\n}',
  );
});

test("X25: what would not come back the same is shown as it came", () => {
  for (const call of [
    'pay {"amount":12345678901234567890}',
    'pay {"amount":1.0}',
    'pay {"to":"a","to":"b"}',
    "pay",
    "pay {",
    'pay { "a": 1}',
    "",
  ])
    expect(readable(call)).toBe(call);
});

function squeeze(text: string): string {
  return text.replaceAll(/\s/g, "");
}

test("X25: nothing but white space is ever added", () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const call = `tool {"v":${json}}`;
      expect(squeeze(readable(call))).toBe(squeeze(call));
    }),
  );
});
