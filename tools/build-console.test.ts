// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { FIRST_LOAD_MAX_BYTES, isOlder, overSize, STYLES_MAX_BYTES } from "./build-console.ts";

test("experience 6: a first load or style sheets over their bar are named, and so is a build without a file", () => {
  const fits = [
    { file: "assets/a.js", gzip: FIRST_LOAD_MAX_BYTES - STYLES_MAX_BYTES },
    { file: "assets/a.css", gzip: STYLES_MAX_BYTES },
  ];
  expect(overSize(fits)).toEqual([]);
  expect(overSize([...fits, { file: "assets/b.js", gzip: 1 }])).toEqual([expect.stringContaining("first load")]);
  expect(overSize([{ file: "assets/a.css", gzip: STYLES_MAX_BYTES + 1 }])).toEqual([expect.stringContaining("style")]);
  expect(overSize([])).toEqual([expect.stringContaining("no file")]);
});

test("a build is made anew where a source is newer, or where there is none", () => {
  expect(isOlder(undefined, [1])).toBe(true);
  expect(isOlder(5, [1, 6])).toBe(true);
  expect(isOlder(5, [1, 5])).toBe(false);
});
