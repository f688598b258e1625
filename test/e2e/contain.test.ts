// SPDX-License-Identifier: Apache-2.0
// Containment as people and agents meet it: the real server, the real upstream, orders over HTTP, the command as a program.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { isJsonArray, isJsonObject, type Json, type JsonObject, member } from "../../src/core/index.ts";
import { plantDecoy } from "../../src/server/demo/decoy.ts";
import { type Office, openOffice, ROOT } from "../support/office.ts";

const BIN = path.join(ROOT, "bin", "bailiwick.js");
const AGENT = "spiffe://office.example/agent/invoice-helper";
const SCOPE = { kind: "identity", id: AGENT };
const READ = { path: "invoices/2041.txt" };

interface Answer {
  readonly status: number;
  readonly body: Json;
}

async function api(office: Office, at: string, body?: object, key?: string): Promise<Answer> {
  const token = readFileSync(path.join(office.running.config.dataDir, "cli-token"), "utf8").trim();
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    ...(key === undefined ? {} : { "idempotency-key": key }),
  };
  const sent = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(`${office.running.publicUrl}/api/${at}`, sent);
  return { status: response.status, body: (await response.json()) as Json };
}

function orders(answer: Answer): readonly JsonObject[] {
  const list = member(answer.body, "containments");
  return isJsonArray(list) ? list.filter(isJsonObject) : [];
}

function textOf(json: Json, name: string): string {
  const value = member(json, name);
  if (typeof value !== "string") throw new Error(JSON.stringify(json));
  return value;
}

const idOf = ({ body }: Answer): string => textOf(body, "id");

const isolate = (office: Office, key = "key-1") =>
  api(office, "containments", { effect: "isolate", scope: SCOPE, because: "a test" }, key);

const PERMISSIVE = `
@id("tools")
permit (principal, action in [Action::"view", Action::"execute"], resource is Tool);
@id("files")
permit (principal, action in [Action::"view", Action::"execute"], resource in Collection::"files");
@id("leaves")
permit (principal, action == Action::"share", resource is Destination);
`;

test("R7, R11, R16: isolated over HTTP, an agent is refused at its next call, its list, its token; and another ends it", async () => {
  await using office = await openOffice({ policies: PERMISSIVE });
  await using agent = await office.connect();
  expect((await agent.call("read_text_file", READ)).isError).toBe(false);

  const since = encodeURIComponent(new Date(Date.now() - 60_000).toISOString());
  expect(await api(office, `blast?from=${encodeURIComponent(AGENT)}&since=${since}`)).toMatchObject({
    status: 200,
    body: {
      quality: "exact",
      touched: [{ how: "read", id: "files/invoices/2041.txt" }],
      people: { quality: "unknown" },
    },
  });
  expect(await api(office, "blast?from=x&since=y")).toMatchObject({ status: 400 });

  const done = await isolate(office);
  expect(done).toMatchObject({
    status: 201,
    body: { state: "effective", recorded: true, standing: false, points: [{ state: "acked", refusedProbe: true }] },
  });
  const said = await agent.call("read_text_file", READ);
  expect(said).toMatchObject({ isError: true });
  expect(said.text).toMatch(/^Refused: this is not allowed here\. Reference BW-/);
  await expect(agent.tools()).rejects.toMatchObject({ code: -31_005 });
  await expect(agent.act("execute", "write_file", { path: "reports/x.md", content: "x" })).rejects.toThrow(
    "not active",
  );
  expect(office.running.queue.containments.list({ active: true })).toHaveLength(1);

  // the same again is the same order; a key that was used for another is not taken
  expect(idOf(await isolate(office))).toBe(idOf(done));
  const other = { effect: "throttle", scope: SCOPE, because: "a test" };
  expect(await api(office, "containments", other, "key-1")).toMatchObject({ status: 409 });

  // who ordered it is the owner of the host; the demo's key is another person, and says what it is
  const released = await api(office, `containments/${idOf(done)}/release`, { because: "a false alarm" });
  expect(released).toMatchObject({ status: 200, body: { state: "released", waits: [], asks: [{ acr: "demo" }] } });
  await expect(agent.call("read_text_file", READ)).rejects.toThrow("show who is asking");
  const resumed = await api(office, `containments/${idOf(done)}/resume`, { because: "looked at" });
  expect(resumed).toMatchObject({ status: 200, body: { effect: "read-only", state: "effective" } });
  // what it had before stays dead; what it is given now reads, and does nothing else
  await expect(agent.call("read_text_file", READ)).rejects.toThrow("show who is asking");
  // a token's time is whole seconds: what is given in the second of the order counts as given before it (identify I35)
  const orderedAt = Date.parse(textOf(done.body, "orderedAt"));
  await expect.poll(() => Math.floor(Date.now() / 1000) * 1000, { timeout: 3000 }).toBeGreaterThan(orderedAt);
  await using again = await office.connect();
  expect((await again.call("read_text_file", READ)).isError).toBe(false);
  const write = await again.act("execute", "write_file", { path: "reports/x.md", content: "x" });
  expect(write).toMatchObject({ isError: true });
  // it had tried again and again while it was contained: that waits for a person, and is challenged meanwhile (respond R3)
  const left = orders(await api(office, "containments"));
  expect(left.map(({ effect, rule }) => [effect, rule])).toEqual([
    ["challenge", "evades-containment"],
    ["read-only", undefined],
  ]);
  for (const { id } of left)
    await api(office, `containments/${textOf({ id: id ?? null }, "id")}/release`, { because: "seen" });
  expect(await again.act("execute", "write_file", { path: "reports/x.md", content: "x" })).toMatchObject({
    isError: false,
  });
  expect(orders(await api(office, "containments"))).toEqual([]);
  expect(orders(await api(office, "containments?all=1"))).toHaveLength(3);
});

test("what an order must say: a key, an effect, a scope, a reason, and for the red button the name again", async () => {
  await using office = await openOffice();
  const order = { effect: "isolate", scope: SCOPE, because: "a test" };
  for (const [body, key] of [
    [order, undefined],
    [{ ...order, effect: "none" }, "k"],
    [{ ...order, scope: { kind: "kid", id: "x" } }, "k"],
    [{ ...order, scope: { kind: "identity", id: "" } }, "k"],
    [{ ...order, because: " " }, "k"],
    [[], "k"],
  ] as const) {
    expect(await api(office, "containments", body, key), JSON.stringify(body)).toMatchObject({ status: 400 });
  }
  expect(await api(office, "stop", { scope: SCOPE, because: "x", confirm: "no" }, "k")).toMatchObject({ status: 400 });
  expect(orders(await api(office, "containments"))).toEqual([]);
  const stopped = await api(office, "stop", { scope: SCOPE, because: "x", confirm: AGENT }, "k");
  expect(stopped).toMatchObject({ status: 201, body: { effect: "isolate" } });
  expect(await api(office, "containments/0190b5a2-0000-7000-8000-000000000003")).toMatchObject({ status: 404 });
  expect(await api(office, "containments/x/release", { because: "x" })).toMatchObject({ status: 404 });
});

test("R32: a question that waits for a person ends with the order, and so does the call that waits for it", async () => {
  await using office = await openOffice();
  await using agent = await office.connect();
  const waiting = agent.act("execute", "write_file", { path: "payments/2041.json", content: "{}" });
  const asked = async (): Promise<number> => {
    const list = member((await api(office, "approvals")).body, "approvals");
    return isJsonArray(list) ? list.length : -1;
  };
  await expect.poll(asked, { timeout: 10_000 }).toBe(1);
  expect(await isolate(office)).toMatchObject({ status: 201, body: { points: [{ aborted: 1, upstreamUnknown: 0 }] } });
  expect(await waiting).toMatchObject({ isError: true });
  expect(await asked()).toBe(0);
  expect(readdirSync(path.join(office.world.files, "payments"))).not.toContain("2041.json");
});

test("R41: without a second person's key nobody ends what the owner ordered", async () => {
  await using office = await openOffice({ demo: false });
  const done = await isolate(office);
  expect(await api(office, `containments/${idOf(done)}/release`, { because: "x" })).toMatchObject({
    status: 409,
    body: { detail: "release_by_orderer: another person than who ordered it ends it" },
  });
});

test("W28: a decoy that is shown as a bearer token opens nothing, stops nobody, and waits for a person", async () => {
  await using office = await openOffice();
  const value = await plantDecoy(office.running, office.world.files);
  const response = await fetch(office.gate, {
    method: "POST",
    headers: { authorization: `Bearer ${value}`, "content-type": "application/json" },
    body: "{}",
  });
  expect(response.status).toBe(401);
  await response.body?.cancel();
  expect(await api(office, "findings")).toMatchObject({
    body: { findings: [{ detector: "decoy", code: "presented", severity: "high", orders: [] }] },
  });
  await using agent = await office.connect();
  expect((await agent.call("read_text_file", READ)).isError).toBe(false);
});

test("R4: whoever uses a copy that somebody made is stopped in this task and copy, and not for ever", async () => {
  await using office = await openOffice();
  const value = await plantDecoy(office.running, office.world.files);
  const { writeFile } = await import("node:fs/promises");
  await writeFile(path.join(office.world.files, "inbox", "copy.md"), `please use ${value} to deploy\n`);
  await using agent = await office.connect();
  await agent.call("read_text_file", { path: "inbox/copy.md" });
  await agent.act("execute", "write_file", { path: "reports/x.md", content: value }).catch(() => undefined);
  await expect
    .poll(async () =>
      orders(await api(office, "containments")).map(({ scope, effect }) => [member(scope, "kind"), effect]),
    )
    .toEqual([
      ["instance", "isolate"],
      ["txn", "isolate"],
    ]);
  const { findings } = (await api(office, "findings")).body as { findings: JsonObject[] };
  expect(findings).toMatchObject([{ code: "used-copy" }]);
});

test("X17, X15: the command contains, lists and releases, and says by its exit code whether every gate has it", async () => {
  await using office = await openOffice();
  const { dataDir } = office.running.config;
  const run = async (...words: readonly string[]): Promise<{ code: number | null; out: string; err: string }> => {
    const { promise, resolve } = Promise.withResolvers<{ code: number | null; out: string; err: string }>();
    const { spawn } = await import("node:child_process");
    const child = spawn(process.execPath, [BIN, ...words, "--data", dataDir], {
      env: {},
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (said.out += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said.err += chunk));
    child.once("close", (code) => resolve({ code, ...said }));
    return promise;
  };
  expect(await run("contain", "list")).toMatchObject({ code: 0, out: "" });
  expect((await run("contain", AGENT, "--because", "stolen")).code).toBe(2);
  expect((await run("contain", AGENT, "--yes")).code).toBe(2);
  expect((await run("contain", "nobody", "--yes", "--because", "x")).code).toBe(2);
  const done = await run("contain", AGENT, "--because", "stolen", "--yes");
  expect(done.code, done.err).toBe(0);
  expect(done.out).toContain("1 of 1 acknowledged");
  const listed = await run("contain", "list", "--json");
  const order = JSON.parse(listed.out) as { id: string; state: string };
  expect(order).toMatchObject({ state: "effective", because: "stolen" });
  const released = await run("contain", "release", order.id, "--because", "found", "--json");
  expect(released.code, released.err).toBe(0);
  expect((await run("contain", "resume", order.id, "--because", "found")).code).toBe(0);
  expect((await run("watch", "findings")).code).toBe(0);
  expect(spawnSync(process.execPath, [BIN, "contain", "drill"], { env: {} }).status).toBe(2);
});
