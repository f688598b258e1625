// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { PERSON_ROLES } from "../../core/index.ts";
import { RIGHTS, readRights } from "./rights.ts";

const FILE = path.join(import.meta.dirname, "..", "..", "..", "policies", "roles.yaml");
const file = (lines: string): string => `schema: bailiwick-roles/1\n${lines}\n`;

it("I55: the package's table names every role, and every right has somebody", async () => {
  const rights = readRights("roles.yaml", await readFile(FILE, "utf8"));
  for (const right of RIGHTS)
    expect(rights.givers(right).length + Number(rights.has([], right)), right).toBeGreaterThan(0);
  for (const role of PERSON_ROLES)
    expect(
      RIGHTS.some((right) => rights.givers(right).includes(role)),
      role,
    ).toBe(true);
});

it("I55: an auditor reads, an approver changes nobody, and only an owner manages people", async () => {
  const rights = readRights("roles.yaml", await readFile(FILE, "utf8"));
  expect(RIGHTS.filter((right) => rights.has(["auditor"], right))).toEqual([
    "record.read",
    "record.open",
    "people.read",
    "approve",
    "decide.explain",
  ]);
  expect(rights.givers("people.manage")).toEqual(["owner"]);
  expect(rights.has(["approver"], "contain")).toBe(false);
  expect(rights.has([], "record.read")).toBe(false);
  expect(rights.has([], "approve")).toBe(true);
});

it("I55: a table with an unknown word, without an owner's right, or that is no table stops the start", () => {
  const owner = "everyone: []\nroles: { owner: [people.manage] }";
  expect(readRights("f", file(owner)).has(["owner"], "people.manage")).toBe(true);
  for (const text of [
    "",
    "schema: [",
    file("everyone: []\nroles: { owner: [record.read] }"),
    file("everyone: []\nroles: { boss: [record.read], owner: [people.manage] }"),
    file("everyone: [fly]\nroles: { owner: [people.manage] }"),
    file(`${owner}\nmore: 1`),
    `schema: bailiwick-roles/2\n${owner}`,
  ])
    expect(() => readRights("f", text)).toThrow(/^reading f: /);
});
