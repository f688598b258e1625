// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { clientEntry } from "./client-entry.ts";
import { planClient, writeClient } from "./client-file.ts";

const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-client-"));
afterAll(() => rmSync(dir, { recursive: true }));
const ENTRY = clientEntry("files", "http://localhost:7400");

test("X12: the member is put beside what is there, and the file keeps its rights", () => {
  const file = path.join(dir, "there.json");
  writeFileSync(file, '{"theme":"dark","mcpServers":{"other":{"command":"x","env":{"KEY":"s"}}}}', { mode: 0o640 });
  writeClient(planClient(file, "files"), "files", ENTRY);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
    theme: "dark",
    mcpServers: {
      other: { command: "x", env: { KEY: "s" } },
      files: { command: "npx", args: ["bailiwick", "connect", "files", "--gate", "http://localhost:7400"] },
    },
  });
  expect([statSync(file).mode & 0o777, readdirSync(dir).filter((name) => name.endsWith(".new"))]).toEqual([0o640, []]);
});

test("X12: a file that is not there is made, for its owner alone", () => {
  const file = path.join(dir, "new.json");
  writeClient(planClient(file, "files"), "files", ENTRY);
  expect(Object.keys(JSON.parse(readFileSync(file, "utf8")) as object)).toEqual(["mcpServers"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each([
  ["comments", "// mine\n{}", "is not JSON"],
  ["a list", "[]", "is no JSON object"],
  ["servers that are no object", '{"mcpServers":[]}', "has an `mcpServers` that is no object"],
  ["a server of that name", '{"mcpServers":{"files":{"command":"mine"}}}', "has a server files already"],
])("X12: a file with %s is left alone, and the message says how to mend it", (_, text, why) => {
  const file = path.join(dir, "odd.json");
  writeFileSync(file, text);
  expect(() => planClient(file, "files")).toThrow(why);
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("X12: a file that cannot be written says what to put there", () => {
  const file = path.join(dir, "nowhere", "client.json");
  const plan = planClient(file, "files");
  expect(() => writeClient(plan, "files", ENTRY)).toThrow("cannot be written");
});
