// SPDX-License-Identifier: Apache-2.0
// One file, many spellings, one answer: each spelling of a file that may not be read or written is refused, and each
// spelling of one that may be is allowed, through the real gate and the real file server.
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Agent } from "../../src/server/demo/agent.ts";
import { type Office, openOffice } from "../support/office.ts";

const POLICIES = `
@id("tools")
permit (principal, action in [Action::"view", Action::"execute"], resource is Tool);
@id("files")
permit (principal, action in [Action::"view", Action::"execute"], resource in Collection::"files");
@id("not-hr")
forbid (principal, action in [Action::"read", Action::"effect"], resource in Collection::"files/hr");
@id("leaves")
permit (principal, action == Action::"share", resource is Destination);
`;

let office: Office;
let agent: Agent;
let root: string;

beforeAll(async () => {
  office = await openOffice({ policies: POLICIES });
  root = office.world.files;
  await symlink("../hr", path.join(root, "invoices", "shortcut"));
  await symlink("../hr/salaries.csv", path.join(root, "invoices", "pay.csv"));
  await symlink("2041.txt", path.join(root, "invoices", "latest.txt"));
  await symlink("/etc", path.join(root, "invoices", "etc"));
  await mkdir(path.join(root, "hr", "re\u0301sume\u0301s".normalize("NFC")));
  await writeFile(path.join(root, "hr", "r\u00e9sum\u00e9s", "a.txt"), "private");
  agent = await office.connect();
});

afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await office[Symbol.asyncDispose]();
});

/** Each of their calls needs a token of its own. */
const EFFECTS = new Set(["write_file", "edit_file", "create_directory", "move_file"]);
const REFUSED = /^Refused: this is not allowed here\. Reference BW-/;

async function answer(tool: string, args: Record<string, unknown>): Promise<string> {
  try {
    const said = EFFECTS.has(tool) ? await agent.act("execute", tool, args) : await agent.call(tool, args);
    return said.text;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const spellings = (): [string, string][] => [
  ["relative", "hr/salaries.csv"],
  ["relative with a dot", "./hr/./salaries.csv"],
  ["absolute", path.join(root, "hr/salaries.csv")],
  ["dot dot", "invoices/../hr/salaries.csv"],
  ["absolute with dot dot", `${root}/invoices/../hr/salaries.csv`],
  ["a doubled slash", "hr//salaries.csv"],
  ["a link to the folder", "invoices/shortcut/salaries.csv"],
  ["a link to the file", "invoices/pay.csv"],
  ["an absolute link", path.join(root, "invoices/pay.csv")],
];

describe("E2: a file that may not be read is refused under every spelling", () => {
  test("path", async () => {
    for (const [how, spelling] of spellings())
      expect(await answer("read_text_file", { path: spelling }), how).toMatch(REFUSED);
  });

  test("paths[], alone and beside files that may be read", async () => {
    for (const [how, spelling] of spellings()) {
      expect(await answer("read_multiple_files", { paths: ["invoices/2041.txt", spelling] }), how).toMatch(REFUSED);
    }
  });

  test("source and destination", async () => {
    for (const [how, spelling] of spellings()) {
      expect(await answer("move_file", { source: spelling, destination: "reports/x.csv" }), how).toMatch(REFUSED);
      expect(await answer("move_file", { source: "reports/README.txt", destination: spelling }), how).toMatch(REFUSED);
    }
    expect(await answer("move_file", { source: "invoices/shortcut", destination: "reports/hr" })).toMatch(REFUSED);
    expect(await answer("move_file", { source: "reports/README.txt", destination: "hr/new.txt" })).toMatch(REFUSED);
  });

  test("search and tree, from the folder and from above it", async () => {
    for (const above of ["hr", "./hr/", ".", root, "invoices/..", "invoices/shortcut"]) {
      expect(await answer("search_files", { path: above, pattern: "*.csv" }), above).toMatch(REFUSED);
      expect(await answer("directory_tree", { path: above }), above).toMatch(REFUSED);
    }
    for (const spelling of ["hr", "invoices/shortcut", "invoices/../hr"]) {
      expect(await answer("list_directory", { path: spelling }), spelling).toMatch(REFUSED);
    }
  });

  test("writing, editing, making folders, asking for facts", async () => {
    const before = await readFile(path.join(root, "hr", "salaries.csv"), "utf8");
    for (const [how, spelling] of spellings()) {
      expect(await answer("write_file", { path: spelling, content: "x" }), how).toMatch(REFUSED);
      expect(await answer("edit_file", { path: spelling, edits: [{ oldText: "E-17", newText: "x" }] }), how).toMatch(
        REFUSED,
      );
      expect(await answer("get_file_info", { path: spelling }), how).toMatch(REFUSED);
    }
    expect(await answer("create_directory", { path: "invoices/shortcut/new" })).toMatch(REFUSED);
    expect(await readFile(path.join(root, "hr", "salaries.csv"), "utf8")).toBe(before);
  });

  test("another Unicode form of its name", async () => {
    expect(await answer("read_text_file", { path: "hr/re\u0301sume\u0301s/a.txt" })).toMatch(REFUSED);
  });
});

describe("E2: a file that may be read is allowed under every spelling", () => {
  test("path, paths[], search and tree", async () => {
    const allowed = [
      "invoices/2041.txt",
      "./invoices//2041.txt",
      "reports/../invoices/2041.txt",
      path.join(root, "invoices/2041.txt"),
      "invoices/latest.txt",
    ];
    for (const spelling of allowed) {
      expect(await answer("read_text_file", { path: spelling }), spelling).toMatch(/^INVOICE 2041/);
      expect(await answer("read_multiple_files", { paths: [spelling] }), spelling).toMatch(/INVOICE 2041/);
    }
    for (const folder of ["customers", "./customers/", path.join(root, "customers"), "reports/../customers"]) {
      expect(await answer("search_files", { path: folder, pattern: "*.csv" }), folder).toMatch(/customers\.csv/);
      expect(await answer("directory_tree", { path: folder }), folder).toMatch(/customers\.csv/);
    }
  });

  test("source and destination", async () => {
    expect(await answer("write_file", { path: "reports/a.txt", content: "moved" })).toMatch(/Successfully wrote/);
    expect(
      await answer("move_file", { source: "./reports/a.txt", destination: path.join(root, "reports/b.txt") }),
    ).toMatch(/Successfully moved/);
    expect(await readFile(path.join(root, "reports/b.txt"), "utf8")).toBe("moved");
  });
});

test("E3: a search over hundreds of files is judged on all of them, and one that is refused refuses it", async () => {
  const many = path.join(root, "customers", "many");
  await mkdir(many);
  for (let i = 0; i < 300; i++) await writeFile(path.join(many, `c${i}.txt`), "x");
  expect(await answer("search_files", { path: "customers", pattern: "**/c29*.txt" })).toMatch(/c299\.txt/);
  await mkdir(path.join(root, "hr", "many"));
  for (let i = 0; i < 300; i++) await writeFile(path.join(root, "hr", "many", `h${i}.txt`), "x");
  expect(await answer("search_files", { path: ".", pattern: "*.txt" })).toMatch(REFUSED);
});

test("E2: what leads out of the folder is refused before the upstream sees it", async () => {
  for (const spelling of ["/etc/passwd", "../../../../etc/passwd", "invoices/etc/passwd", "~/x", ""]) {
    expect(await answer("read_text_file", { path: spelling }), spelling).toMatch(/cannot tell what this would do/);
  }
});
