// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseServerId } from "../../core/index.ts";
import { type Folder, openFolder } from "./folder.ts";

let base: string;
let root: string;
let folder: Folder;

beforeAll(async () => {
  base = await mkdtemp(path.join(tmpdir(), "bailiwick-folder-"));
  root = path.join(base, "root");
  await mkdir(path.join(root, "hr", "files"), { recursive: true });
  await mkdir(path.join(root, "open"));
  await mkdir(path.join(base, "outside"));
  await writeFile(path.join(root, "hr", "salaries.csv"), "x");
  await writeFile(path.join(root, "hr", "files", "r\u00e9sum\u00e9.txt"), "x");
  await writeFile(path.join(base, "outside", "secret"), "x");
  await symlink("../hr", path.join(root, "open", "to-hr"));
  await symlink("../hr/salaries.csv", path.join(root, "open", "pay.csv"));
  await symlink(path.join(base, "outside"), path.join(root, "open", "out"));
  await symlink("nowhere", path.join(root, "open", "dangling"));
  await symlink("loop", path.join(root, "open", "loop"));
  await symlink(root, path.join(base, "alias"));
  folder = await openFolder(parseServerId("files"), root);
});

afterAll(() => rm(base, { recursive: true, force: true }));

async function idOf(spelling: string): Promise<string> {
  const found = await folder.locate(spelling);
  return "outside" in found ? `refused: ${found.outside}` : found.ref.id;
}

test("E2: every spelling of one file is one resource, and the upstream is sent its one path", async () => {
  const spellings = [
    "hr/salaries.csv",
    "./hr//salaries.csv",
    "open/../hr/salaries.csv",
    "open/to-hr/salaries.csv",
    "open/pay.csv",
    path.join(root, "hr/salaries.csv"),
    path.join(root, "open/../hr/./salaries.csv"),
    `${root}/../root/hr/salaries.csv`,
  ];
  for (const spelling of spellings) {
    expect(await folder.locate(spelling), spelling).toEqual({
      ref: { type: "Document", id: "files/hr/salaries.csv" },
      absolute: path.join(root, "hr", "salaries.csv"),
    });
  }
});

test("E2: another Unicode form of an existing name is that file, as the upstream would find it", async () => {
  expect(await idOf("hr/files/re\u0301sume\u0301.txt")).toBe("files/hr/files/r\u00e9sum\u00e9.txt");
  expect(await folder.locate("hr/files/re\u0301sume\u0301.txt")).toHaveProperty(
    "absolute",
    path.join(root, "hr/files/r\u00e9sum\u00e9.txt"),
  );
});

test("E2: a name that may mean two files is refused", async () => {
  await mkdir(path.join(root, "twice"), { recursive: true });
  await writeFile(path.join(root, "twice", "\u212b"), "angstrom sign");
  await writeFile(path.join(root, "twice", "\u00c5"), "letter");
  expect(await idOf("twice/A\u030a")).toMatch(/two files/);
  expect(await idOf("twice/\u00c5")).toBe("files/twice/\u00c5");
});

test("E2: a file that is not there yet is named below the folder that is", async () => {
  expect(await idOf("open/to-hr/new/deep.txt")).toBe("files/hr/new/deep.txt");
});

test("E2: what leads out of the folder, or nowhere, is refused", async () => {
  const spellings = [
    "..",
    "../outside/secret",
    "/etc/passwd",
    path.join(base, "outside"),
    "open/out/secret",
    "open/dangling",
    "open/loop",
  ];
  for (const spelling of [...spellings, "", "a\0b", "~", "~/x", "C:\\x", "a".repeat(5000)]) {
    expect(await idOf(spelling), spelling).toMatch(/^refused/);
  }
});

test("E2: a name that no entry can hold is refused, not cut", async () => {
  expect(await idOf(`hr/${"n".repeat(200)}/${"n".repeat(200)}/${"n".repeat(200)}`)).toMatch(/512 bytes/);
});

test("E2: a folder is a Collection, the root too", async () => {
  expect(await folder.locate(".")).toMatchObject({ ref: { type: "Collection", id: "files" } });
  expect(await folder.locate("hr/")).toMatchObject({ ref: { type: "Collection", id: "files/hr" } });
});

test("E2: a root that is itself a link takes both spellings", async () => {
  const linked = await openFolder(parseServerId("files"), path.join(base, "alias"));
  for (const spelling of [
    path.join(base, "alias", "hr/salaries.csv"),
    path.join(root, "hr/salaries.csv"),
    "hr/salaries.csv",
  ]) {
    expect(await linked.locate(spelling)).toMatchObject({ absolute: path.join(root, "hr/salaries.csv") });
  }
});

test("E3: everything below a folder is reached by a call that walks it", async () => {
  const hr = await folder.locate("hr");
  if ("outside" in hr) throw new Error(hr.outside);
  const below = await folder.below(hr);
  expect(below).toContainEqual({ type: "Document", id: "files/hr/salaries.csv" });
  expect(below).toContainEqual({ type: "Collection", id: "files/hr/files" });
  expect(below).toContainEqual({ type: "Document", id: "files/hr/files/r\u00e9sum\u00e9.txt" });
});

test("E2: no spelling whatever gives a path outside the root", async () => {
  const part = fc.constantFrom(
    "hr",
    "open",
    "to-hr",
    "out",
    "..",
    ".",
    "",
    "salaries.csv",
    "new",
    "pay.csv",
    "dangling",
    "\u00e9",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), fc.constantFrom("", "/", "R"), async (parts, lead) => {
      const spelling = `${lead === "R" ? `${root}/` : lead}${parts.join("/")}`;
      const found = await folder.locate(spelling);
      if ("outside" in found) return;
      expect(found.absolute === root || found.absolute.startsWith(`${root}/`)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
