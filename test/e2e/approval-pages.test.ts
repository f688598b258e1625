// SPDX-License-Identifier: Apache-2.0
// A payment waits for a person, seen from unmodified clients of both generations of the SDK: the page that they are told is the
// question's, a yes lets the retried call through once, and nothing else does.
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client as NewClient } from "@modelcontextprotocol/client";
import { StdioClientTransport as NewStdio } from "@modelcontextprotocol/client/stdio";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OldStdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitationCompleteNotificationSchema, UrlElicitationRequiredError } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Config } from "../../src/server/config.ts";
import { type Office, openOffice } from "../support/office.ts";
import { sidecar } from "../support/sidecar.ts";

const INFO = { name: "desk", version: "1.0.0" };
const PAGES = { elicitation: { url: {} } };
type Answer = "accept" | "decline" | "cancel";

/** Calls are held for a moment only, and the person typed the folder. */
function impatient(config: Config): Config {
  const agents = Object.entries(config.agents).map(([name, { mandate, ...agent }]) => {
    const request = "Prepare what is due in ./payments please.";
    return [name, mandate === undefined ? agent : { ...agent, mandate: { ...mandate, request } }] as const;
  });
  return { ...config, agents: Object.fromEntries(agents), enforce: { ...config.enforce, holdMs: 100 } };
}

function entryOf(office: Office): ReturnType<typeof sidecar> {
  const key = path.join(office.world.office, "keys", "desk-1.jwk.json");
  return sidecar("files", "--gate", office.running.publicUrl, "--key", key, "--instance", office.world.agent.clientId);
}

/** What the person does whose client opens the page. */
type Opens = (url: string) => Promise<Answer>;

async function modern(office: Office, opens: Opens): Promise<NewClient> {
  const client = new NewClient(INFO, { capabilities: PAGES, versionNegotiation: { mode: "auto" } });
  client.setRequestHandler("elicitation/create", async ({ params }) => {
    if (!("url" in params)) throw new Error("a form");
    return { action: await opens(params.url) };
  });
  await client.connect(new NewStdio({ ...entryOf(office), stderr: "ignore" }));
  return client;
}

async function legacy(office: Office): Promise<OldClient> {
  const client = new OldClient(INFO, { capabilities: PAGES });
  await client.connect(new OldStdio({ ...entryOf(office), stderr: "ignore" }));
  return client;
}

const payment = (name: string): { name: string; arguments: Record<string, string> } => ({
  name: "write_file",
  arguments: { path: `payments/${name}`, content: "100 EUR" },
});

async function pay(client: NewClient | OldClient, name: string): Promise<string> {
  const result = await (client as OldClient).callTool(payment(name));
  return (result.content as { text?: string }[]).map(({ text = "" }) => text).join("\n");
}

/** The page that an old client is told of. */
async function pageOf(client: OldClient, name: string): Promise<string> {
  const error = await client.callTool(payment(name)).catch((cause: unknown) => cause);
  if (!(error instanceof UrlElicitationRequiredError)) throw new Error(`not asked: ${String(error)}`);
  return String(error.elicitations[0]?.url);
}

function idOf(url: string | undefined): string {
  return new URL(url ?? "").pathname.replace("/approve/", "");
}

async function answer(office: Office, url: string, how: "approve" | "refuse"): Promise<number> {
  const id = idOf(url);
  const { publicUrl, config } = office.running;
  const token = (await readFile(path.join(config.dataDir, "cli-token"), "utf8")).trim();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const { approvals } = (await (await fetch(`${publicUrl}/api/approvals`, { headers })).json()) as {
    approvals: { id: string; digest: string }[];
  };
  const digest = approvals.find((one) => one.id === id)?.digest;
  const body = JSON.stringify(how === "approve" ? { digest } : { because: "not due" });
  return (await fetch(`${publicUrl}/api/approvals/${id}/${how}`, { method: "POST", headers, body })).status;
}

/** Intents whose use of an approval is in the record, by its id. */
async function spent(office: Office): Promise<readonly string[]> {
  const { entries } = office.running;
  const ids: string[] = [];
  for await (const { entry } of entries.read({ from: 0, to: entries.size() })) {
    const uses = (entry["uses"] ?? []) as { scope: string; key: string }[];
    ids.push(...uses.filter(({ scope }) => scope === "approval").map(({ key }) => key));
  }
  return ids;
}

describe("a payment that waits", () => {
  let office: Office;
  const isPaid = (name: string): boolean => existsSync(path.join(office.world.files, "payments", name));

  beforeAll(async () => {
    office = await openOffice({ change: impatient });
  });
  afterAll(() => office[Symbol.asyncDispose]());

  test("E28: a modern client opens the page, a person agrees, and the retried call goes through once", async () => {
    const pages: string[] = [];
    const client = await modern(office, async (url) => {
      pages.push(url);
      expect(isPaid("one.json")).toBe(false);
      // the first time the page is only opened: the call is held, and asked the same again
      return pages.length === 2 && (await answer(office, url, "approve")) !== 200 ? "cancel" : "accept";
    });
    expect(await pay(client, "one.json")).toMatch(/^Successfully wrote/);
    expect(isPaid("one.json")).toBe(true);
    expect(new Set(pages)).toHaveLength(1);
    expect(pages[0]).toMatch(new RegExp(`^${office.running.publicUrl}/approve/[0-9a-f-]{36}$`));
    expect((await spent(office)).filter((id) => id === idOf(pages[0]))).toHaveLength(1);
    await client.close();
  });

  test("E28: refused by a person, or declined where it was asked: it is not done", async () => {
    const refused = await modern(office, async (url) => {
      expect(await answer(office, url, "refuse")).toBe(200);
      return "accept";
    });
    expect(await pay(refused, "no.json")).toMatch(/^Refused: a person has to agree/);
    await refused.close();
    const declined = await modern(office, () => Promise.resolve("decline"));
    expect(await pay(declined, "no-2.json")).toMatch(/^Refused: a person has to agree/);
    await declined.close();
    expect([isPaid("no.json"), isPaid("no-2.json")]).toEqual([false, false]);
    expect(office.running.queue.approvals.list({ pending: true })).toEqual([]);
  });

  test("E29: a client of 2025-11-25 is told the page, and its next call goes through once", async () => {
    const client = await legacy(office);
    const ended: string[] = [];
    client.setNotificationHandler(ElicitationCompleteNotificationSchema, ({ params }) => {
      ended.push(params.elicitationId);
    });
    const url = await pageOf(client, "old.json");
    expect(isPaid("old.json")).toBe(false);
    expect(await pageOf(client, "old.json")).toBe(url);
    expect(ended).toEqual([]);
    expect(await answer(office, url, "approve")).toBe(200);
    await expect.poll(() => ended, { timeout: 10_000 }).toEqual([idOf(url)]);
    expect(await pay(client, "old.json")).toMatch(/^Successfully wrote/);
    expect((await spent(office)).filter((id) => id === idOf(url))).toHaveLength(1);
    await rm(path.join(office.world.files, "payments", "old.json"));
    const again = await pageOf(client, "old.json");
    expect(again).not.toBe(url);
    expect(await answer(office, again, "refuse")).toBe(200);
    expect(await pay(client, "old.json")).toMatch(/^Refused: a person has to agree/);
    expect(isPaid("old.json")).toBe(false);
    await client.close();
  });
});

test("E28: a question that ends while its page is open is asked anew, and an old yes is worth nothing", async () => {
  await using office = await openOffice({
    change: (config) => ({
      ...impatient(config),
      respond: { ...config.respond, approvals: { ...config.respond.approvals, ttlMs: 1000, maxMs: 1000 } },
    }),
  });
  const pages: string[] = [];
  const client = await modern(office, async (url) => {
    pages.push(url);
    const [view] = office.running.queue.approvals.list({ pending: true });
    if (view === undefined || pages.length > 1) return "cancel";
    await expect.poll(() => office.running.queue.approvals.read(view.id)?.state, { timeout: 5000 }).toBe("expired");
    expect(await answer(office, url, "approve")).not.toBe(200);
    return "accept";
  });
  // its state is over with its question
  await expect(pay(client, "late.json")).rejects.toThrow(/-32602|cannot tell what this would do/);
  expect(existsSync(path.join(office.world.files, "payments", "late.json"))).toBe(false);
  await client.close();
});

test("E28: the server is stopped between a yes and the retry: where the mandate ended with it, people are asked anew", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-pages-"));
  const pages: string[] = [];
  {
    await using office = await openOffice({ dir, change: impatient });
    const client = await legacy(office);
    pages.push(await pageOf(client, "kept.json"));
    expect(await answer(office, pages[0] ?? "", "approve")).toBe(200);
    await client.close();
  }
  {
    await using office = await openOffice({ dir, change: impatient });
    const client = await legacy(office);
    // the mandate is another one, and so is the question
    expect(await pageOf(client, "kept.json")).not.toContain(new URL(pages[0] ?? "").pathname);
    expect(existsSync(path.join(office.world.files, "payments", "kept.json"))).toBe(false);
    await client.close();
  }
  await rm(dir, { recursive: true, force: true });
});
