// SPDX-License-Identifier: Apache-2.0
// Plants every kind of violation in a small tree, and what is allowed beside it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { checkDirections, type Directions } from "./check-directions.ts";

const TABLE = JSON.parse(readFileSync(path.join(import.meta.dirname, "directions.json"), "utf8")) as Directions;
const trees: string[] = [];

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

/** The problems of a tree with these files. */
function problems(files: Readonly<Record<string, string>>, table: Directions = TABLE): readonly string[] {
  const root = mkdtempSync(path.join(tmpdir(), "directions-"));
  trees.push(root);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return checkDirections(root, table).problems;
}

const REFUSED: readonly (readonly [what: string, file: string, text: string, problem: string])[] = [
  [
    "an arrow that the table does not have",
    "src/watch/a.ts",
    'import { b } from "../decide/index.ts";',
    "src/watch/a.ts:1  watch may not import decide",
  ],
  [
    "a sibling, even for its types",
    "src/watch/a.ts",
    'import type { B } from "../decide/index.ts";',
    "src/watch/a.ts:1  watch may not import decide (type)",
  ],
  [
    "a value where only types are allowed",
    "src/prove/a.ts",
    'import type { T } from "../record/index.ts";\nimport { b } from "../record/index.ts";',
    "src/prove/a.ts:2  prove may not import record",
  ],
  [
    "a type named in an import that is not erased",
    "src/sdk/a.ts",
    'import { type T } from "../core/index.ts";',
    "src/sdk/a.ts:1  sdk may not import core",
  ],
  [
    "a default import that is called type",
    "src/sdk/a.ts",
    'import type from "../core/index.ts";',
    "src/sdk/a.ts:1  sdk may not import core",
  ],
  [
    "a type spelled as import()",
    "src/cli/a.ts",
    'export type T = import("../core/index.ts").Ref;',
    "src/cli/a.ts:1  cli may not import core (type)",
  ],
  [
    "a static import where only a dynamic one is allowed",
    "src/cli/a.ts",
    'import { runUp } from "../server/index.ts";',
    "src/cli/a.ts:1  cli may not import server",
  ],
  [
    "a dynamic import of what is not in the table",
    "src/watch/a.ts",
    '\nexport const b = await import("../decide/index.ts");',
    "src/watch/a.ts:2  watch may not import decide (dynamic)",
  ],
  [
    "a dynamic import that nobody can read",
    "src/cli/a.ts",
    "export const b = (name: string) => import(name);",
    "src/cli/a.ts:1  import() of what is no string literal: nobody can see where it leads",
  ],
  [
    "a re-export",
    "src/watch/a.ts",
    'export { b } from "../decide/index.ts";',
    "src/watch/a.ts:1  watch may not import decide",
  ],
  [
    "a re-export of everything",
    "src/watch/a.ts",
    'export * from "../decide/index.ts";',
    "src/watch/a.ts:1  watch may not import decide",
  ],
  ["a file in no room", "src/attic/a.ts", "export const a = 1;", "src/attic/a.ts:1  lies in no room"],
  ["a file beside the rooms", "src/a.ts", "export const a = 1;", "src/a.ts:1  lies in no room"],
  [
    "an import past another room's index.ts",
    "src/watch/a.ts",
    'import { b } from "../core/ids.ts";',
    "src/watch/a.ts:1  src/core/ids.ts is behind the index.ts of core",
  ],
  [
    "an import that leaves the rooms",
    "src/watch/a.ts",
    'import { b } from "../../tools/gate.ts";',
    "src/watch/a.ts:1  tools/gate.ts lies in no room",
  ],
  [
    "a Node module that the room may not have",
    "src/core/a.ts",
    'import { readFileSync } from "node:fs";',
    "src/core/a.ts:1  core may not import node:fs",
  ],
  [
    "a Node module without its prefix",
    "src/sdk/a.ts",
    'import { hash } from "crypto";',
    "src/sdk/a.ts:1  sdk may not import node:crypto",
  ],
  [
    "a package that the room may not have",
    "src/record/verify/a.ts",
    'import { sign } from "jose/jws";',
    "src/record/verify/a.ts:1  record/verify may not import the package jose",
  ],
  [
    "kysely in core as a value",
    "src/core/a.ts",
    'import { sql } from "kysely";',
    "src/core/a.ts:1  core may not import the package kysely",
  ],
  [
    "our own package by its name",
    "src/watch/a.ts",
    'import { verifyLog } from "bailiwick/verify";',
    "src/watch/a.ts:1  bailiwick/verify: ours is imported by a relative path",
  ],
  [
    "a path that is neither relative nor a package",
    "src/watch/a.ts",
    'import { b } from "/etc/b.ts";',
    "src/watch/a.ts:1  /etc/b.ts: ours is imported by a relative path",
  ],
  [
    "a fake outside tests",
    "src/watch/a.ts",
    'import { fakeClock } from "../core/testing/system.ts";',
    "src/watch/a.ts:1  src/core/testing/system.ts is for tests only",
  ],
  [
    "another room's public surface in a test",
    "src/watch/a.test.ts",
    'import { b } from "../decide/index.ts";',
    "src/watch/a.test.ts:1  watch may not import decide",
  ],
  [
    "a room inside a room, outside tests",
    "src/record/a.ts",
    'import { b } from "./verify/index.ts";',
    "src/record/a.ts:1  record may not import record/verify",
  ],
  [
    "a room inside a room past its index.ts, also in a test",
    "src/record/a.test.ts",
    'import { b } from "./verify/merkle.ts";',
    "src/record/a.test.ts:1  src/record/verify/merkle.ts is behind the index.ts of record/verify",
  ],
  [
    "the console past the sdk",
    "console/src/a.tsx",
    'import { b } from "../../src/core/index.ts";',
    "console/src/a.tsx:1  console may not import core",
  ],
];

test.each(REFUSED)("directions: refuses %s", (_what, file, text, problem) => {
  expect(problems({ [file]: text })).toEqual([problem]);
});

test("directions: lets through what the table has", () => {
  const files = {
    "src/core/index.ts":
      'import { hash } from "node:crypto";\nimport type { Kysely } from "kysely";\nexport { a } from "./a.ts";',
    "src/decide/a.ts": 'import { a } from "../core/index.ts";\nimport fs from "node:fs";\nimport { z } from "zod";',
    "src/prove/a.ts": 'import type { T } from "../record/index.ts";\nexport type { U } from "../record/index.ts";',
    "src/sdk/a.ts": 'import type { T } from "../core/index.ts";',
    "src/cli/a.ts": 'import { b } from "../sdk/index.ts";\nexport const c = await import("../server/index.ts");',
    "src/server/a.ts": 'import { b } from "../decide/index.ts";',
    "src/watch/testing/a.ts": 'import { a } from "../../core/testing/system.ts";',
    "src/watch/a.test.ts":
      'import { a } from "../core/testing/system.ts";\nimport { t } from "vitest";\nimport n from "../../test/support/n.ts";',
    "src/record/a.test.ts": 'import { b } from "./verify/index.ts";',
    "src/record/verify/a.test.ts": 'import fs from "node:fs";\nimport * as fc from "fast-check";',
    "console/src/a.tsx": 'import { b } from "../../src/sdk/index.ts";\nimport { c } from "react";',
  };
  expect(problems(files)).toEqual([]);
});

test("directions: a tree without files fails, since nothing was checked", () => {
  expect(problems({})).toEqual([expect.stringContaining("no file was seen")]);
});

test("directions: a file that does not parse is an error, never skipped", () => {
  expect(() => problems({ "src/core/a.ts": "import { from" })).toThrow("reading src/core/a.ts");
});

test("directions: the table names only rooms that it has", () => {
  expect(problems({ "src/a/b.ts": "" }, { a: { rooms: ["type b"] } })).toEqual([
    "directions.json: a names no room: type b",
  ]);
});
