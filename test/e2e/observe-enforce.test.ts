// SPDX-License-Identifier: Apache-2.0
// The way from observe to enforce as an operator goes it: the report says which calls would stop, enforcing stops exactly those,
// and the way back is open.
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseServerId } from "../../src/core/index.ts";
import type { Agent } from "../../src/server/demo/agent.ts";
import { type Office, openOffice, ROOT } from "../support/office.ts";

const BIN = path.join(ROOT, "bin", "bailiwick.js");
const RULES = `
@id("tools") permit (principal, action in [Action::"view", Action::"execute"], resource is Tool);
@id("reads") permit (principal, action == Action::"view", resource in Collection::"files");
@id("reports") permit (principal, action == Action::"execute", resource in Collection::"files/reports");
@id("leaves") permit (principal, action == Action::"share", resource is Destination);
@id("no-hr") forbid (principal, action, resource in Collection::"files/hr");
@id("masked") @answer("limit") @obligation("mask")
forbid (principal, action, resource) when { context.phase == "after" && context.data.flow.categories.contains("personal") };
@id("a-person") @answer("challenge") @remedy("one")
forbid (principal, action in Action::"effect", resource in Collection::"files/reports") when { context.phase == "before" };
`;
const PROFILES = {
  "obligations.yaml": "mask: { type: redact, categories: [personal], style: mask }\n",
  "remedies.yaml":
    "one: { kind: approval, approvers: { group: approver, count: 1, notRequester: true }, ttl: 20s, uses: 1 }\n",
};

let office: Office;
let agent: Agent;
beforeAll(async () => {
  office = await openOffice({
    policies: RULES,
    profiles: PROFILES,
    change: (config) => ({
      ...config,
      mcp: { mode: "observe", servers: config.mcp.servers },
      enforce: { ...config.enforce, holdMs: 100 },
    }),
  });
  agent = await office.connect();
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await office[Symbol.asyncDispose]();
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function bailiwick(...args: string[]): Promise<Ran> {
  const data = office.running.config.dataDir;
  const child = spawn(process.execPath, [BIN, ...args, "--data", data], { env: {} });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
  const [code] = (await once(child, "close")) as [number];
  return { code, out, err };
}

interface Report {
  readonly calls: number;
  readonly passes: number;
  readonly limited: number;
  readonly asked: number;
  readonly refused: number;
  readonly complete: boolean;
  readonly groups: readonly {
    name: string;
    would: string;
    calls: number;
    place?: string;
    settle: string;
    tools: string[];
  }[];
  readonly servers: readonly { server: string; enforced: number; until?: string }[];
}

const at = (name: string): { path: string } => ({ path: path.join(office.world.files, name) });

/** One call of each kind, in an order that stays. @returns which of them came through whole */
async function traffic(name: string): Promise<readonly boolean[]> {
  const secret = "1 84 12 76 451 089 46";
  const read = await agent.call("read_text_file", at("invoices/2041.txt"));
  const hr = await agent.call("read_text_file", at("hr/salaries.csv"));
  const customers = await agent.call("read_text_file", at("customers/customers.csv"));
  const report = await agent.act("execute", "write_file", { ...at(`reports/${name}`), content: "x" });
  const payment = await agent.act("execute", "write_file", { ...at(`payments/${name}`), content: "x" });
  return [!read.isError, !hr.isError, customers.text.includes(secret), !report.isError, !payment.isError];
}

describe("from observe to enforce", () => {
  test("X13, E54: what the report says would stop is what stops, by rule, and the way back is open", async () => {
    expect(await traffic("observed.txt")).toEqual([true, true, true, true, true]);

    const { out, code } = await bailiwick("policy", "observe", "--json");
    expect(code).toBe(0);
    const report = JSON.parse(out) as Report;
    expect(report).toMatchObject({ calls: 5, passes: 1, limited: 1, asked: 1, refused: 2, complete: true });
    const told = new Map(report.groups.map((group) => [group.name, group]));
    expect(told.get("no-hr")).toMatchObject({ would: "deny", calls: 1 });
    expect(told.get("no-hr")?.place).toMatch(/^rules\.cedar:/);
    expect(told.get("masked")).toMatchObject({ would: "limit", calls: 1 });
    expect(told.get("a-person")).toMatchObject({ would: "challenge", calls: 1, tools: ["write_file"] });
    const unpermitted = report.groups.find(({ name }) => name.startsWith("no_permit"));
    expect(unpermitted?.settle).toBe(
      `a permit: permit (principal in Blueprint::"invoice-helper", action == Action::"execute", resource == Document::"files/payments/observed.txt");`,
    );

    const table = await bailiwick("policy", "observe");
    expect(table.out).toMatch(/^files +observe until \d{4}-\d\d-\d\d$/m);
    expect(table.out).toMatch(/^calls +5: 1 would pass, 1 be limited, 1 asked about, 2 refused$/m);
    const status = await bailiwick("status");
    expect(status.out).toMatch(/^ {2}files +observe until \d{4}-\d\d-\d\d, ready/m);
    expect(status.out).toMatch(/^warning +files is observed until /m);

    const enforced = await bailiwick("policy", "observe", "enforce", "files", "--because", "a quiet week");
    expect(enforced.code).toBe(0);
    expect(await traffic("enforced.txt")).toEqual([true, false, false, false, false]);

    const back = await bailiwick("policy", "observe", "resume", "files", "--because", "it stopped the desk");
    expect(back.out).toMatch(/^files +observe until /m);
    expect(await traffic("again.txt")).toEqual([true, true, true, true, true]);
  });

  test("D26: each change is an entry with who and why", async () => {
    await bailiwick("policy", "observe", "enforce", "outbox", "--percent", "10", "--because", "a start");
    expect(office.running.releases.get(parseServerId("outbox"))).toMatchObject({ enforced: 10, because: "a start" });
    const tail = await bailiwick("record", "tail", "-n", "50", "--json");
    const changes = tail.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { entry: { name?: string; data?: { server?: string; enforced?: number } } })
      .filter(({ entry }) => entry.name === "server.changed" && entry.data?.server === "outbox");
    expect(changes.at(-1)?.entry).toMatchObject({ because: "a start", data: { enforced: 10, mode: "observe" } });
  });
});

describe("wrong use", () => {
  test("X18: without a reason, with a share that is none, of a server that is none, at a time that is none", async () => {
    const wrong: [string[], number, RegExp][] = [
      [["policy", "observe", "enforce", "files"], 2, /--because WHY/],
      [["policy", "observe", "enforce", "files", "--percent", "101", "--because", "x"], 2, /--percent 101 is no share/],
      [["policy", "observe", "enforce", "nobody", "--because", "x"], 1, /there is no server nobody/],
      [["policy", "observe", "--server", "nobody"], 1, /there is no server nobody/],
      [["policy", "observe", "--since", "yesterday"], 2, /--since yesterday is no time/],
    ];
    for (const [words, code, message] of wrong) {
      const ran = await bailiwick(...words);
      expect(ran.err, words.join(" ")).toMatch(message);
      expect(ran.code, words.join(" ")).toBe(code);
    }
  });
});
