// SPDX-License-Identifier: Apache-2.0
// E14: what a draft makes of what a server says of its tools.
import { expect, test } from "vitest";
import { type Json, parseServerId } from "../core/index.ts";
import { type DraftedTool, draftTool } from "./draft.ts";
import { readManifest } from "./manifests/manifest.ts";

const READS = { readOnlyHint: true };

function draft(tool: Json): DraftedTool {
  const drafted = draftTool(tool);
  if (drafted === undefined) throw new Error("no draft");
  return drafted;
}

function verbOf(name: string, annotations: Json, properties: Json = {}): string {
  return draft({ name, annotations, inputSchema: { type: "object", properties } }).statement.verb;
}

test("E14: only a hint, a reading name and no address together draft view", () => {
  expect(verbOf("read_file", READS, { path: { type: "string" }, head: { type: "number" } })).toBe("view");
  expect(verbOf("directoryTree", READS)).toBe("view");
  expect(verbOf("read_file", {})).toBe("execute");
  expect(verbOf("read_file", { readOnlyHint: "true" })).toBe("execute");
  expect(verbOf("process", READS)).toBe("execute");
});

test.each(["read_and_delete", "getAndSend", "list.purge", "fetch_status", "bread"])(
  "E14: %s is no name of a tool that only reads",
  (name) => {
    expect(verbOf(name, READS)).toBe("execute");
  },
);

test.each<[string, Json]>([
  ["url", { type: "string" }],
  ["callbackUrl", { type: "string" }],
  ["to", { type: "array", items: { type: "string" } }],
  ["where", { type: "string", format: "uri" }],
  ["who", { type: ["string", "null"], format: "email" }],
  ["apiToken", { type: "string" }],
  ["options", { type: "object", properties: { url: { type: "string" } } }],
  ["anything", {}],
  ["either", { anyOf: [{ type: "string" }, { type: "object" }] }],
  ["both", { type: ["string", "object"] }],
  ["lists", { type: "array", items: { type: "object" } }],
  ["tuple", { type: "array" }],
  ["always", true],
])("E14: with an argument %s a reading tool may send, and is drafted execute", (name, property) => {
  expect(verbOf("read_file", READS, { [name]: property })).toBe("execute");
});

test("E14: the server's other hints only make it stricter", () => {
  expect(verbOf("read_file", { ...READS, destructiveHint: true })).toBe("execute");
  expect(verbOf("read_file", { ...READS, openWorldHint: true })).toBe("execute");
  expect(verbOf("write_file", { destructiveHint: false, idempotentHint: true })).toBe("execute");
});

test("E14: strings are targets, and names say when they are more", () => {
  const { statement } = draft({
    name: "pay",
    inputSchema: {
      properties: {
        account: { type: "string" },
        amount: { type: "number" },
        urgent: { type: "boolean" },
        emailTo: { type: "string" },
        homepage: { type: "string", format: "uri" },
        apiToken: { type: "string" },
        files: { type: "array", items: { type: "string" } },
        currency: { enum: ["EUR", "USD"] },
      },
      required: ["account", "files"],
    },
  });
  expect(statement).toEqual({
    verb: "execute",
    effect: "irreversible",
    args: {
      account: { role: "target", required: true },
      amount: { role: "amount" },
      urgent: { role: "control" },
      emailTo: { role: "recipient" },
      homepage: { role: "url" },
      apiToken: { role: "credential" },
      "files[]": { role: "target", required: true },
      currency: { role: "target" },
    },
  });
});

test("E14: a number of a reading tool is a limit", () => {
  const { statement } = draft({
    name: "list",
    annotations: READS,
    inputSchema: { properties: { n: { type: "integer" } } },
  });
  expect(statement).toEqual({ verb: "view", effect: "none", args: { n: { role: "limit" } } });
});

test.each<[string, Json]>([
  ["no object", null],
  ["no name", { description: "a tool" }],
  ["an empty name", { name: "" }],
  ["a name that is too long", { name: "a".repeat(129) }],
  ["a name with a character that nobody sees", { name: "read\u200b_file" }],
  ["a name of two lines", { name: "read_file\n" }],
])("E14: a tool with %s cannot be in a manifest", (_, tool) => {
  expect(draftTool(tool)).toBeUndefined();
});

test("E14: an argument that a manifest cannot name is left out, and said", () => {
  const properties = { "a[0]": { type: "string" }, "b\u202e": { type: "string" }, c: { type: "string" } };
  const { statement, left } = draft({ name: "read", inputSchema: { properties } });
  expect(Object.keys(statement.args)).toEqual(["c"]);
  expect(left).toEqual(["a[0]", "b\u202e"]);
});

function read(of: string): ReturnType<typeof readManifest> {
  return readManifest(parseServerId("files"), "files.yaml", of);
}

test("E14: a draft says that it is one, and what it states has one digest whatever its comments", () => {
  const text = "server: files\ndraft: true\ntools:\n  read_file: { verb: view, effect: none }\n";
  const done = read(`# read by somebody\n${text.replace("draft: true\n", "")}`);
  expect([read(text).draft, done.draft, done.tools.size]).toEqual([true, false, 1]);
  expect(done.digest).toBe(read(text).digest);
  expect(read(text.replace("view", "recommend")).digest).not.toBe(done.digest);
});
