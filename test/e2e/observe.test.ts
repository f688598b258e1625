// SPDX-License-Identifier: Apache-2.0
// Observe mode, over HTTP in front of the real upstream: everything passes unchanged and is on the record with what it would
// have been; what no mode lets through is refused.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type JsonObject, member } from "../../src/core/index.ts";
import type { Agent } from "../../src/server/demo/agent.ts";
import { type Office, openOffice } from "../support/office.ts";

/** Permits nothing but the reading of one folder. */
const STRICT = `@id("invoices-only") permit (principal, action in Action::"read", resource in Collection::"files/invoices");`;

function observed(): Promise<Office> {
  return openOffice({
    policies: STRICT,
    change(config) {
      const { files } = config.mcp.servers;
      if (files === undefined) throw new Error("no server");
      const { manifest: _manifest, ...undescribed } = files;
      return { ...config, mcp: { ...config.mcp, mode: "observe", servers: { files: undescribed } } };
    },
  });
}

let office: Office;
let agent: Agent;
beforeAll(async () => {
  office = await observed();
  agent = await office.connect();
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await office[Symbol.asyncDispose]();
});

async function lastDecision(): Promise<JsonObject> {
  let last: JsonObject | undefined;
  const { entries } = office.running;
  for await (const { entry } of entries.read({ from: 0, to: entries.size() }))
    if (member(entry, "type") === "decision") last = entry;
  if (last === undefined) throw new Error("no decision");
  return last;
}

describe("a server that nobody described", () => {
  test("E54: its list is whole, as the upstream gave it", async () => {
    const names = await agent.tools();
    expect(names).toHaveLength(14);
    expect(names).toContain("write_file");
    expect(await lastDecision()).toMatchObject({ mode: "observe", answer: "allow", wouldHide: 14 });
  });

  test("E54: a write passes and is done, and the record says that it would have been denied", async () => {
    const file = path.join(office.world.files, "reports", "observed.txt");
    const said = await agent.act("execute", "write_file", { path: file, content: "passed" });
    expect(said).toMatchObject({ isError: false });
    expect(await readFile(file, "utf8")).toBe("passed");
    const entry = await lastDecision();
    expect(entry).toMatchObject({
      shape: "intent",
      mode: "observe",
      answer: "log",
      would: "deny",
      verb: "execute",
      impact: "high",
      tool: { server: "files", name: "write_file" },
    });
    expect(member(entry, "objections")).toEqual(["tool_unknown: no manifest for this tool"]);
  });

  test("E54: what would be masked comes as it is, and its findings are counted", async () => {
    const said = await agent.call("read_text_file", { path: path.join(office.world.files, "customers/customers.csv") });
    expect(said.text).toContain(await readFile(path.join(office.world.files, "customers/customers.csv"), "utf8"));
  });

  test("E54: an error of the upstream comes in its own words", async () => {
    const said = await agent.call("read_text_file", { path: "/etc/passwd" });
    expect(said.isError).toBe(true);
    expect(said.text).toMatch(/outside allowed directories/);
  });
});

describe("what binds all the same", () => {
  test("E54: without a credential nothing passes", async () => {
    const response = await fetch(office.gate, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    });
    expect(response.status).toBe(401);
  });

  test("E54: whoever is contained is stopped, and nothing is done", async () => {
    await using other = await observed();
    await using contained = await other.connect();
    const file = path.join(other.world.files, "reports", "contained.txt");
    const token = (await readFile(path.join(other.running.config.dataDir, "cli-token"), "utf8")).trim();
    const ordered = await fetch(`${other.running.publicUrl}/api/containments`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": "key-1" },
      body: JSON.stringify({
        effect: "read-only",
        scope: { kind: "identity", id: "spiffe://office.example/agent/invoice-helper" },
        because: "a test",
      }),
    });
    expect(ordered.status).toBeLessThan(300);
    expect(await contained.act("execute", "write_file", { path: file, content: "no" })).toMatchObject({
      isError: true,
    });
    expect(existsSync(file)).toBe(false);
  });
});
