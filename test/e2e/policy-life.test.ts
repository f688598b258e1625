// SPDX-License-Identifier: Apache-2.0
// The life of a policy set as an operator goes it: handed over at the command line, agreed to by another person with a passkey,
// released to some, taken back; and after a restart everything is as it was.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { member } from "../../src/core/index.ts";
import type { Agent } from "../../src/server/demo/agent.ts";
import { type Office, openOffice, ROOT } from "../support/office.ts";
import { type SignedIn, signIn } from "../support/person.ts";

const BIN = path.join(ROOT, "bin", "bailiwick.js");
const RULES = `
@id("tools") permit (principal, action in [Action::"view", Action::"execute"], resource is Tool);
@id("reads") permit (principal, action == Action::"view", resource in Collection::"files");
@id("leaves") permit (principal, action == Action::"share", resource is Destination);
@id("no-hr") forbid (principal, action, resource in Collection::"files/hr");
`;
const REPORTS =
  '@id("reports") permit (principal, action == Action::"execute", resource in Collection::"files/reports");\n';

let dir: string;
let office: Office;
let agent: Agent;
const open = (): Promise<Office> =>
  openOffice({
    dir,
    demo: false,
    policies: RULES,
    change: (config) => ({ ...config, policies: { ...config.policies, watch: false, fourEyes: true } }),
  });
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "bailiwick-life-"));
  office = await open();
  agent = await office.connect();
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await office[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

async function bailiwick(...args: string[]): Promise<{ readonly code: number; readonly said: string }> {
  const child = spawn(process.execPath, [BIN, ...args, "--data", office.running.config.dataDir], { env: {} });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
  const [code] = (await once(child, "close")) as [number];
  return { code, said };
}

/** A folder with these rules, beside the one that the server was started with. */
async function folder(name: string, rules: string): Promise<string> {
  const at = path.join(dir, name);
  await cp(office.running.config.policies.dir, at, { recursive: true });
  await writeFile(path.join(at, "rules.cedar"), rules);
  return at;
}

const write = async (): Promise<string> =>
  (await agent.act("execute", "write_file", { path: "reports/2026-11.md", content: "fine\n" })).text;

async function agree(person: SignedIn, what: "sets" | "releases", id: string): Promise<void> {
  const { policies } = person.client;
  const { terms, options } = await policies.approvalTerms(what, id);
  await policies.approve(what, id, terms, person.sign(options));
}

test("D22, D25, D27: publish, agree, roll out, take back, agree again; and a restart in between", {
  timeout: 120_000,
}, async () => {
  const owner = await signIn(office.running.setupLink ?? "", "Ada");
  const invited = await owner.client.invite({ roles: ["operator"], because: "a second pair of eyes" });
  const second = await signIn(invited.link, "Bob");
  expect(await write()).not.toMatch(/^Successfully/);

  const broken = await bailiwick(
    "policy",
    "publish",
    await folder("broken", `${RULES}permit (principal, action, resource);\n`),
    "--because",
    "x",
  );
  expect(broken).toMatchObject({ code: 3 });
  expect(broken.said).toMatch(/rules\.cedar:6:1 .*\(missing_id\)[^]*fix/);

  const published = await bailiwick("policy", "publish", await folder("more", RULES + REPORTS), "--because", "reports");
  expect(published).toMatchObject({ code: 0 });
  const [set] = await owner.client.policies.sets();
  if (set === undefined) throw new Error("nothing was kept");
  expect(set).toMatchObject({ state: "waiting", tightens: false });
  const name = set.digest.slice(7, 15);
  const early = await bailiwick("policy", "rollout", name, "--because", "at once");
  expect(early).toMatchObject({ code: 3 });
  expect(early.said).toContain("no second person agreed to it");
  const review = await bailiwick("policy", "approve", name);
  expect(review).toMatchObject({ code: 3 });
  expect(review.said).toMatch(/added +reports[^]*differs +deny[^]*\/policies\/sets\/[0-9a-f]{64}/);

  await expect(agree(owner, "sets", set.digest)).rejects.toThrow(/it is your own/);
  const page = await second.client.policies.set(name);
  expect(page).toMatchObject({ barred: "", diff: { added: ["reports"] }, lastCalls: { differ: 1 } });
  await expect(second.client.policies.approve("sets", set.digest, page.terms, {})).rejects.toThrow(/passkey/);
  await agree(second, "sets", set.digest);
  const out = await bailiwick("policy", "rollout", name, "--scope", "kind=agent,server=files", "--because", "agreed");
  expect(out).toMatchObject({ code: 0 });
  expect(await write()).toMatch(/^Successfully/);

  await agent[Symbol.asyncDispose]();
  await office.running[Symbol.asyncDispose]();
  office = await open();
  agent = await office.connect();
  expect(await write(), "after a restart").toMatch(/^Successfully/);
  const status = await bailiwick("policy", "status");
  expect(status.said).toMatch(/enforce +[0-9a-f]{8} for kind agent, server files[^]*by Demo operator[^]*agreed by Bob/);
  expect((await bailiwick("status")).said).not.toContain("has to agree");

  const releaseId = (JSON.parse((await bailiwick("policy", "status", "--json")).said) as { releases: { id: string }[] })
    .releases[0]?.id;
  const [release = ""] = /^[0-9a-f]{8}-[0-9a-f]{4}/m.exec(status.said) ?? [];
  const back = await bailiwick("policy", "rollback", release, "--because", "wrong");
  expect(back).toMatchObject({ code: 0 });
  expect(await write()).not.toMatch(/^Successfully/);
  expect((await bailiwick("status")).said).toMatch(/was rolled back by one person: another has to\s+agree by/);
  const names: string[] = [];
  const bound = new Set<unknown>();
  for await (const { entry } of office.running.entries.read({ from: 0 })) {
    const { type, name: told } = entry;
    if (type === "decision") bound.add(member(member(entry, "why"), "release"));
    if (type === "admin" && typeof told === "string" && told.startsWith("policy.")) names.push(told);
  }
  expect(names).toEqual([
    "policy.activated",
    "policy.published",
    "policy.approved",
    "policy.activated",
    "policy.activated",
    "policy.retired",
  ]);
  expect(bound.has(releaseId), "the entry of a call names the release that bound it").toBe(true);
});
