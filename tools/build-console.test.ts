// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import {
  ALL_MAX_BYTES,
  FIRST_LOAD_MAX_BYTES,
  isOlder,
  overSize,
  SCREEN_MAX_BYTES,
  STYLES_MAX_BYTES,
} from "./build-console.ts";

const PAGE = '<script src="/assets/index-AAAAAAAA.js"></script><link href="/assets/index-BBBBBBBB.css">';

test("experience 6: a first load or style sheets over their bar are named, and so is a build without a file", () => {
  const fits = [
    { file: "assets/index-AAAAAAAA.js", gzip: FIRST_LOAD_MAX_BYTES - STYLES_MAX_BYTES },
    { file: "assets/index-BBBBBBBB.css", gzip: STYLES_MAX_BYTES },
  ];
  expect(overSize(fits, PAGE)).toEqual([]);
  expect(overSize([...fits, { file: "index.html", gzip: 1 }], PAGE)).toEqual([expect.stringContaining("first load")]);
  expect(overSize([{ file: "assets/index-BBBBBBBB.css", gzip: STYLES_MAX_BYTES + 1 }], PAGE)).toEqual([
    expect.stringContaining("style"),
  ]);
  expect(overSize([], PAGE)).toEqual([expect.stringContaining("no file")]);
});

function screen(script: number, shared: number): readonly string[] {
  const sizes = [
    { file: "assets/decisions-CCCCCCCC.js", gzip: script },
    { file: "assets/decisions-DDDDDDDD.css", gzip: 1000 },
    { file: "assets/copy-menu-EEEEEEEE.js", gzip: shared },
  ];
  return overSize(sizes, PAGE);
}

test("experience 6: a screen is counted with its styles and with what screens share, and all of it together", () => {
  expect(screen(SCREEN_MAX_BYTES - 2000, 1000)).toEqual([]);
  expect(screen(SCREEN_MAX_BYTES - 2000, 1001)).toEqual([expect.stringContaining("decisions-CCCCCCCC.js")]);
  expect(screen(1000, ALL_MAX_BYTES)).toEqual([
    expect.stringContaining("decisions"),
    expect.stringContaining("all of it"),
  ]);
});

test("a build is made anew where a source is newer, or where there is none", () => {
  expect(isOlder(undefined, [1])).toBe(true);
  expect(isOlder(5, [1, 6])).toBe(true);
  expect(isOlder(5, [1, 5])).toBe(false);
});
