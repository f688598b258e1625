// SPDX-License-Identifier: Apache-2.0
// Yes and no, over HTTP: an answer is good for one call with exactly these arguments, by a person who may give it; and a
// token is good for its own key, place, step and call.
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DpopSession, fetchToken, PrivateKeyJwtProvider, withDpop } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { argsS256, type IdentityId, parseJson } from "../../src/core/index.ts";
import type { Config } from "../../src/server/config.ts";
import type { Agent } from "../../src/server/demo/agent.ts";
import { type Office, openOffice } from "../support/office.ts";

const WAITING = /^Waiting: a person has to agree to exactly this call\./;
const REFUSED = /^Refused: a person has to agree to this call, and did not, or cannot be asked now\./;
const DONE = /^Successfully wrote/;
/** A call that no token covers is denied by rule too. */
const NOT_COVERED = /Refused: this is not allowed here/;

/**
 * Callers are told at once that they wait; what is asked is answered in the test. The person typed both folders, so that
 * the rule about payments is the only one that asks.
 */
function impatient(config: Config): Config {
  const agents = Object.entries(config.agents).map(([name, { mandate, ...agent }]) => {
    const request = "Prepare what is due in ./payments and write about it in ./reports please.";
    return [name, mandate === undefined ? agent : { ...agent, mandate: { ...mandate, request } }] as const;
  });
  return {
    ...config,
    agents: Object.fromEntries(agents),
    enforce: { ...config.enforce, holdMs: 20 },
    respond: { ...config.respond, approvals: { ...config.respond.approvals, pendingPerRequester: 100 } },
  };
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Waiting {
  readonly id: string;
  readonly digest: string;
  readonly call: string;
}

async function api(office: Office, where: string, body?: object): Promise<Answer> {
  const { publicUrl, config } = office.running;
  const token = (await readFile(path.join(config.dataDir, "cli-token"), "utf8")).trim();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const sent = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(`${publicUrl}${where}`, sent);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function waitingFor(office: Office, name: string): Promise<Waiting> {
  const { body } = await api(office, "/api/approvals");
  const found = (body["approvals"] as Waiting[]).filter(({ call }) => call.includes(name));
  expect(found, name).toHaveLength(1);
  return found[0] as Waiting;
}

const payment = (name: string, content = "100 EUR"): { path: string; content: string } => ({
  path: `payments/${name}`,
  content,
});

const file = (office: Office, name: string): string => path.join(office.world.files, "payments", name);

describe("R30: an answer is good for one call, once", () => {
  let office: Office;
  let agent: Agent;
  const pay = async (name: string, content?: string): Promise<string> =>
    (await agent.act("execute", "write_file", payment(name, content))).text;
  const approve = ({ id, digest }: Waiting): Promise<Answer> => api(office, `/api/approvals/${id}/approve`, { digest });

  beforeAll(async () => {
    office = await openOffice({ change: impatient });
    agent = await office.connect();
  });
  afterAll(async () => {
    await agent[Symbol.asyncDispose]();
    await office[Symbol.asyncDispose]();
  });

  test("approved: it is done once, and the same call again asks again", async () => {
    expect(await pay("once.json")).toMatch(WAITING);
    expect(existsSync(file(office, "once.json"))).toBe(false);
    const first = await waitingFor(office, "once.json");
    expect(await approve(first)).toEqual({ status: 200, body: { state: "approved" } });
    expect(existsSync(file(office, "once.json"))).toBe(false);
    expect(await pay("once.json")).toMatch(DONE);
    await rm(file(office, "once.json"));
    expect(await pay("once.json")).toMatch(WAITING);
    expect(existsSync(file(office, "once.json"))).toBe(false);
    expect((await waitingFor(office, "once.json")).id).not.toBe(first.id);
  });

  test("ten at once after one yes: one is done", async () => {
    expect(await pay("race.json")).toMatch(WAITING);
    await approve(await waitingFor(office, "race.json"));
    const agents = await Promise.all(Array.from({ length: 10 }, () => office.connect()));
    // too many at once may be told so; nobody may be done twice
    const said = await Promise.all(
      agents.map((one) =>
        one.act("execute", "write_file", payment("race.json")).then(
          ({ text }) => text,
          (error: unknown) => String(error),
        ),
      ),
    );
    expect(said.filter((text) => DONE.test(text))).toHaveLength(1);
    await Promise.all(agents.map((one) => one[Symbol.asyncDispose]()));
  });

  test("refused: it is not done, and asking again does not help", async () => {
    expect(await pay("no.json")).toMatch(WAITING);
    const { id, digest } = await waitingFor(office, "no.json");
    const no = await api(office, `/api/approvals/${id}/refuse`, { because: "not this one" });
    expect(no).toEqual({ status: 200, body: { state: "denied" } });
    expect(await pay("no.json")).toMatch(REFUSED);
    expect((await approve({ id, digest, call: "" })).status).toBe(409);
    expect(await pay("no.json")).toMatch(REFUSED);
    expect(existsSync(file(office, "no.json"))).toBe(false);
  });

  test("other arguments under the same yes are asked anew", async () => {
    expect(await pay("exact.json", "100 EUR")).toMatch(WAITING);
    await approve(await waitingFor(office, "exact.json"));
    expect(await pay("exact.json", "1000 EUR")).toMatch(WAITING);
    expect(await pay("exact.json ", "100 EUR")).toMatch(WAITING);
    expect(await pay("exact2.json", "100 EUR")).toMatch(WAITING);
    expect(existsSync(file(office, "exact.json"))).toBe(false);
    expect(await pay("exact.json", "100 EUR")).toMatch(DONE);
    expect(await readFile(file(office, "exact.json"), "utf8")).toBe("100 EUR");
  });

  test("a yes needs the digest of what was shown, and the questions are not mixed up", async () => {
    expect(await pay("shown-a.json")).toMatch(WAITING);
    expect(await pay("shown-b.json")).toMatch(WAITING);
    const [a, b] = [await waitingFor(office, "shown-a.json"), await waitingFor(office, "shown-b.json")];
    for (const body of [{}, { digest: "" }, { digest: b.digest }, { digest: 1 }]) {
      expect((await api(office, `/api/approvals/${a.id}/approve`, body)).status, JSON.stringify(body)).toBe(409);
    }
    expect((await api(office, "/api/approvals/nothing/approve", { digest: a.digest })).status).toBe(404);
    expect(await pay("shown-a.json")).toMatch(WAITING);
    expect((await approve(a)).status).toBe(200);
    expect(await pay("shown-b.json")).toMatch(WAITING);
  });

  test("R33: who asks does not approve, and neither does a person without the role", async () => {
    expect(await pay("duty.json")).toMatch(WAITING);
    const { approvals, demoKey } = office.running.queue;
    const view = approvals.list({ pending: true }).find(({ item }) => item.display?.includes("duty.json"));
    if (view === undefined || demoKey === undefined) throw new Error("the demo has a question and a key");
    const yes = demoKey.approve(view);
    const { principal } = view.item.call;
    const others = [principal, view.item.sponsor, "spiffe://office.example/human/nobody"] as IdentityId[];
    for (const person of others)
      expect(await approvals.approve(view.id, { ...yes, person }), person).toHaveProperty("refused");
    expect(await pay("duty.json")).toMatch(WAITING);
    // the agent has no way to the queue either: its token is none of the control API
    const response = await fetch(`${office.running.publicUrl}/api/approvals/${view.id}/approve`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "DPoP whatever" },
      body: JSON.stringify({ digest: view.digest }),
    });
    expect(response.status).toBe(401);
  });
});

test("X6: outside the demo a key in software is nobody, and a yes over HTTP answers 409", async () => {
  await using office = await openOffice({ demo: false, change: impatient });
  await using agent = await office.connect();
  const said = await agent.act("execute", "write_file", payment("real.json"));
  expect(said.text).toMatch(WAITING);
  const listed = await api(office, "/api/approvals");
  expect(listed.body).toMatchObject({ signer: "passkey" });
  const { id, digest } = await waitingFor(office, "real.json");
  const yes = await api(office, `/api/approvals/${id}/approve`, { digest });
  expect(yes).toMatchObject({ status: 409, body: { code: "API_APPROVAL_REFUSED" } });
  const { approvals, demoKey } = office.running.queue;
  expect(demoKey).toBeUndefined();
  const view = approvals.list({ pending: true })[0];
  if (view === undefined) throw new Error("a question waits");
  const { nonce, expires: exp } = view;
  const signed = { purpose: "approval", digest: view.digest, answer: "approve", nonce, exp, signature: "AAAA" };
  const person = view.item.call.principal;
  expect(await approvals.approve(view.id, { ...signed, person, credential: "k", acr: "demo" })).toEqual({
    refused: "demo_signature",
  });
  expect((await agent.act("execute", "write_file", payment("real.json"))).text).toMatch(WAITING);
  expect(existsSync(file(office, "real.json"))).toBe(false);
});

/** A client that says itself which token and which key each request carries. */
class Caller {
  private readonly office: Office;
  session: DpopSession;
  mcp = "";

  private constructor(office: Office, session: DpopSession) {
    this.office = office;
    this.session = session;
  }

  static async open(office: Office): Promise<Caller> {
    const caller = new Caller(office, await DpopSession.create());
    const clientInfo = { name: "t", version: "1" };
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
    const opened = await caller.send(await caller.token({ actions: ["view"] }), { method: "initialize", params });
    caller.mcp = opened.headers.get("mcp-session-id") ?? "";
    if (caller.mcp === "") throw new Error(`no session: ${opened.status}`);
    return caller;
  }

  async token(wish: Readonly<Record<string, unknown>>, server = "files"): Promise<string> {
    const issuer = this.office.running.publicUrl;
    const resource = new URL(`${issuer}/mcp/${server}`);
    const details = [{ type: "bailiwick_step", locations: [resource.href], ...wish }];
    const form = { grant_type: "client_credentials", authorization_details: JSON.stringify(details) };
    const provider = Object.assign(this.provider(), {
      dpop: () => this.session,
      prepareTokenRequest: () => new URLSearchParams(form),
    });
    const metadata = {
      issuer,
      token_endpoint: `${issuer}/oauth/token`,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      response_types_supported: [],
    };
    return (await fetchToken(provider, issuer, { metadata, resource })).access_token;
  }

  /** A token for one call. */
  forOne(args: object): Promise<string> {
    return this.token({ actions: ["execute"], args_s256: argsS256(parseJson(JSON.stringify(args))) });
  }

  async revoke(token: string): Promise<number> {
    const { publicUrl: issuer } = this.office.running;
    const form = new URLSearchParams({ token });
    const url = `${issuer}/oauth/revoke`;
    const metadata = { issuer, token_endpoint: url, authorization_endpoint: url, response_types_supported: [] };
    await this.provider().addClientAuthentication?.(new Headers(), form, url, metadata);
    return (await fetch(url, { method: "POST", body: form })).status;
  }

  send(token: string, message: object, session: DpopSession = this.session): Promise<Response> {
    const { gate } = this.office;
    const headers = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(this.mcp === "" ? {} : { "mcp-session-id": this.mcp, "mcp-protocol-version": "2025-11-25" }),
    };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, ...message });
    return withDpop(session, () => Promise.resolve(token))(fetch)(gate, { method: "POST", headers, body });
  }

  async call(
    token: string,
    name: string,
    args: object,
    session?: DpopSession,
  ): Promise<{ status: number; said: string }> {
    const response = await this.send(token, { method: "tools/call", params: { name, arguments: args } }, session);
    return { status: response.status, said: await response.text() };
  }

  private provider(): PrivateKeyJwtProvider {
    const { clientId, privateJwk } = this.office.world.agent;
    const expectedIssuer = this.office.running.publicUrl;
    return new PrivateKeyJwtProvider({ clientId, privateKey: { ...privateJwk }, algorithm: "ES256", expectedIssuer });
  }
}

describe("I25, I26: a token is good for its key, its place and its call", () => {
  const READ = { path: "invoices/2041.txt" };
  let office: Office;
  let caller: Caller;
  beforeAll(async () => {
    office = await openOffice({ change: impatient });
    caller = await Caller.open(office);
  });
  afterAll(() => office[Symbol.asyncDispose]());
  const written = (name: string): boolean => existsSync(path.join(office.world.files, "reports", name));

  test("stolen, without its key: not with another key, not as a bearer, not with no proof", async () => {
    const token = await caller.token({ actions: ["view"] });
    expect((await caller.call(token, "read_text_file", READ)).status).toBe(200);
    expect((await caller.call(token, "read_text_file", READ, await DpopSession.create())).status).toBe(401);
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "read_text_file", arguments: READ },
    });
    for (const scheme of ["Bearer", "DPoP"]) {
      const headers = {
        authorization: `${scheme} ${token}`,
        "content-type": "application/json",
        "mcp-session-id": caller.mcp,
      };
      expect((await fetch(office.gate, { method: "POST", headers, body })).status, scheme).toBe(401);
    }
  });

  test("for another place", async () => {
    const token = await caller.token({ actions: ["view"] }, "outbox");
    const { status, said } = await caller.call(token, "read_text_file", READ);
    expect([status, said.includes("INVOICE")]).toEqual([401, false]);
  });

  test("after it was given back", async () => {
    const token = await caller.token({ actions: ["view"] });
    expect((await caller.call(token, "read_text_file", READ)).status).toBe(200);
    expect(await caller.revoke(token)).toBe(200);
    expect((await caller.call(token, "read_text_file", READ)).status).toBe(401);
  });

  test("E26: for reading only: nothing is written, and the verb that is needed is named", async () => {
    const { said, status } = await caller.call(await caller.token({ actions: ["view"] }), "write_file", {
      path: "reports/by-reader.txt",
      content: "x",
    });
    expect(`${status} ${said}`).toMatch(/^403 .*A token for execute is needed/);
    expect(written("by-reader.txt")).toBe(false);
  });

  test("for one call: not with other arguments, and spent by the attempt", async () => {
    const args = { path: "reports/exact.txt", content: "x" };
    const token = await caller.forOne(args);
    expect((await caller.call(token, "write_file", { ...args, content: "y" })).said).toMatch(NOT_COVERED);
    // a token that is spent proves nothing any more
    expect((await caller.call(token, "write_file", args)).status).toBe(401);
    expect(written("exact.txt")).toBe(false);
  });

  test("for one call: not twice, and not for another tool", async () => {
    const args = { path: "reports/twice.txt", content: "x" };
    const token = await caller.forOne(args);
    expect((await caller.call(token, "write_file", args)).said).toContain("Successfully wrote");
    await rm(path.join(office.world.files, "reports", "twice.txt"));
    expect((await caller.call(token, "write_file", args)).status).toBe(401);
    expect(written("twice.txt")).toBe(false);
    expect((await caller.call(await caller.forOne(READ), "read_text_file", READ)).said).toMatch(NOT_COVERED);
  });
});

test("I25: a token for one call, shown ten times at once, lets one call through", async () => {
  await using office = await openOffice({ change: impatient });
  const caller = await Caller.open(office);
  const args = { path: "reports/at-once.txt", content: "x" };
  const token = await caller.forOne(args);
  const answers = await Promise.all(Array.from({ length: 10 }, () => caller.call(token, "write_file", args)));
  expect(answers.filter(({ said }) => said.includes("Successfully wrote"))).toHaveLength(1);
});

test("I32: a token of a mandate that is closed is refused by the next start at the same address", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-closed-"));
  let port = 0;
  const at = (config: Config): Config => ({ ...impatient(config), port });
  const first = await openOffice({ dir, change: at });
  const before = await Caller.open(first);
  const token = await before.token({ actions: ["view"] });
  expect((await before.call(token, "read_text_file", { path: "invoices/2041.txt" })).status).toBe(200);
  port = Number(new URL(first.running.publicUrl).port);
  await first[Symbol.asyncDispose]();
  {
    await using second = await openOffice({ dir, change: at });
    expect(second.running.publicUrl).toBe(first.running.publicUrl);
    const after = await Caller.open(second);
    const other = await after.call(token, "read_text_file", { path: "invoices/2041.txt" }, before.session);
    expect([other.status, other.said.includes("INVOICE")]).toEqual([401, false]);
    const fresh = await after.token({ actions: ["view"] });
    expect((await after.call(fresh, "read_text_file", { path: "invoices/2041.txt" })).status).toBe(200);
  }
  await rm(dir, { recursive: true });
});
