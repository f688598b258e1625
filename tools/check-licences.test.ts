// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { checkLicences, type Licences, type Manifest } from "./check-licences.ts";
import type { LockEntry } from "./lock-file.ts";

const LICENCES: Licences = {
  anywhere: { MIT: "permissive", ISC: "permissive" },
  development: { "MPL-2.0": "never shipped" },
  exceptions: {},
  installScripts: { node: "the runtime" },
};
const MANIFEST: Manifest = { allowScripts: { node: true } };

function problems(
  packages: Readonly<Record<string, LockEntry>>,
  licences: Partial<Licences> = {},
  manifest: Manifest = MANIFEST,
): readonly string[] {
  const entries = Object.entries(packages).map(([name, entry]) => [`node_modules/${name}`, entry] as const);
  const lock = { lockfileVersion: 3, packages: { "": {}, ...Object.fromEntries(entries) } };
  return checkLicences(manifest, lock, { ...LICENCES, ...licences });
}

test("licences: an allowed one passes, in every form SPDX gives it", () => {
  const packages = {
    a: { license: "MIT" },
    b: { license: "(MIT OR GPL-3.0-only)" },
    c: { license: "MIT AND ISC" },
    d: { license: "MPL-2.0", dev: true },
  };
  expect(problems(packages)).toEqual([]);
});

test.each<[what: string, packages: Record<string, LockEntry>, problem: string]>([
  [
    "one that is not in the list",
    { a: { license: "GPL-3.0-only" } },
    "a: GPL-3.0-only is not allowed in what is shipped",
  ],
  [
    "one for development in what is shipped",
    { a: { license: "MPL-2.0" } },
    "a: MPL-2.0 is not allowed in what is shipped",
  ],
  ["half of an AND", { a: { license: "MIT AND GPL-3.0-only", dev: true } }, "a: MIT AND GPL-3.0-only is not allowed"],
  ["a mixture of AND and OR", { a: { license: "MIT OR ISC AND X", dev: true } }, "a: MIT OR ISC AND X is not allowed"],
  ["none", { a: {} }, "a: states no licence"],
  ["an install script", { a: { license: "MIT", hasInstallScript: true } }, "a: has an install script"],
])("licences: refuses %s", (_what, packages, problem) => {
  expect(problems(packages)).toEqual([problem]);
});

test("licences: a platform package that npm did not read has the licence of the package that loads it", () => {
  const loader = { license: "MIT", optionalDependencies: { "tool-darwin": "1.0.0" } };
  expect(problems({ tool: loader, "tool-darwin": { version: "1.0.0", optional: true } })).toEqual([]);
  expect(problems({ tool: loader, "tool-darwin": { version: "1.0.1", optional: true } })).toEqual([
    "tool-darwin: states no licence",
  ]);
});

test("licences: an exception holds for the words it was made for, where it was made for", () => {
  const exceptions = { a: { says: "SEE LICENSE", where: "development", why: "read by a person" } } as const;
  expect(problems({ a: { license: "SEE LICENSE", dev: true } }, { exceptions })).toEqual([]);
  expect(problems({ a: { license: "SEE LICENSE" } }, { exceptions })).toEqual([
    "a: its exception is for development only",
  ]);
  expect(problems({ a: { license: "SEE OTHER", dev: true } }, { exceptions })).toEqual(["a: SEE OTHER is not allowed"]);
  expect(problems({}, { exceptions })).toEqual(["licences.json: the exception for a is for nothing"]);
});

test("licences: versions are exact and the allowed install scripts are the ones that npm may run", () => {
  const manifest = { dependencies: { a: "^1.0.0" }, devDependencies: { b: "1.0.0" }, allowScripts: { b: true } };
  expect(problems({}, {}, manifest)).toEqual([
    "package.json: allowScripts names [b], licences.json [node]",
    "package.json: a ^1.0.0 is not an exact version",
  ]);
});
