// SPDX-License-Identifier: Apache-2.0
// A rule that is changed binds the next call (experience X7), says what it would have changed, and takes with it what people
// said to the rule before.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Config } from "../../src/server/config.ts";
import type { Agent } from "../../src/server/demo/agent.ts";
import type { PolicyNews } from "../../src/server/policies-in-force.ts";
import { newsLines } from "../../src/server/watch-policies.ts";
import { type Office, openOffice } from "../support/office.ts";

const CHALLENGED = /^Waiting: a person has to agree to exactly this call\./;
const DONE = /^Successfully wrote/;
const ORDER = { path: "payments/2041.json", content: "{}" };

let office: Office;
let agent: Agent;
let news: PolicyNews[];

beforeEach(async () => {
  news = [];
  office = await openOffice({
    policyNews: (one) => news.push(one),
    change: (config) => ({ ...config, enforce: { ...config.enforce, holdMs: 20 } }),
  });
  agent = await office.connect();
});

afterEach(async () => {
  await agent[Symbol.asyncDispose]();
  await office[Symbol.asyncDispose]();
});

const pay = async (): Promise<string> => (await agent.act("execute", "write_file", ORDER)).text;

/** Rewrites the file of the payments and waits until the server has seen it. */
async function change(edit: (text: string) => string): Promise<PolicyNews | undefined> {
  const file = path.join(office.running.config.policies.dir, "50-payments.cedar");
  const seen = news.length;
  await writeFile(file, edit(await readFile(file, "utf8")));
  await expect.poll(() => news.length, { timeout: 10_000 }).toBeGreaterThan(seen);
  return news.at(-1);
}

const withoutTheRule = (text: string): string => text.replace(/@id\("payments-need-a-person"\)[^]*?};\n/, "");

test("X7: a rule that is deleted is gone for the next call, and what would differ is said", async () => {
  await agent.call("read_text_file", { path: "invoices/2041.txt" });
  expect(await pay()).toMatch(CHALLENGED);
  const told = await change(withoutTheRule);
  expect(told === undefined ? [] : newsLines(told)).toEqual([
    "policy   50-payments.cedar: 1 rule gone",
    "         of the last 2 calls 1 would differ (challenge -> allow)",
  ]);
  expect(await pay()).toMatch(DONE);
});

test("an approval does not outlive the rule that asked for it: changed after the yes, the call is asked about anew", async () => {
  const { approvals, demoKey } = office.running.queue;
  expect(await pay()).toMatch(CHALLENGED);
  const [asked] = approvals.list({ pending: true });
  if (asked === undefined || demoKey === undefined) throw new Error("nothing waits");
  expect(await approvals.approve(asked.id, demoKey.approve(asked))).toMatchObject({ state: "approved" });
  await change((text) => text.replace("when { context.phase", "when { true }\nwhen { context.phase"));
  expect(await pay()).toMatch(CHALLENGED);
  expect(approvals.read(asked.id)?.state).toBe("cancelled");
});

const watched = (config: Config): Config => ({ ...config, policies: { ...config.policies, watch: true } });

test("outside the demo a folder that is watched is refused at start", async () => {
  await expect(openOffice({ demo: false, change: watched })).rejects.toThrow("`policies.watch` is for the demo only");
});

test("D23: what does not load changes nothing, says where it is wrong, and is on the record", async () => {
  expect(await pay()).toMatch(CHALLENGED);
  const told = await change((text) => `${text}\nforbid (principal, action resource);\n`);
  expect(told === undefined ? [] : newsLines(told)).toEqual([
    expect.stringMatching(/^policy {3}50-payments\.cedar:\d+:\d+: /),
    "         nothing changed: the rules before it stay in force",
  ]);
  expect(await pay()).toMatch(CHALLENGED);
  const names: unknown[] = [];
  for await (const { entry } of office.running.entries.read({ from: 0 })) names.push(entry["name"]);
  expect(names).toContain("policy.rejected");
});
