// SPDX-License-Identifier: Apache-2.0
// The live stream and sessions as a browser meets them: over a socket, with a cookie.
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonObject } from "../../src/core/index.ts";
import { fakeClock, fakeLog } from "../../src/core/testing/system.ts";
import { createClient, type LiveEvent, type LiveTopic } from "../../src/sdk/index.ts";
import type { Agent } from "../../src/server/demo/agent.ts";
import { createListener } from "../../src/server/http/listener.ts";
import { BEAT_MS, mountLive } from "../../src/server/http/live.ts";
import { fakeEntries } from "../../src/server/testing/entries.ts";
import { type Office, openOffice } from "../support/office.ts";

let office: Office;
let agent: Agent;
let cookie: string;

/** A client whose requests carry these headers, as a browser's do. */
function clientWith(headers: Record<string, string>): ReturnType<typeof createClient> {
  return createClient({
    baseUrl: office.running.publicUrl,
    fetch: (url, init) => fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...headers } }),
  });
}

beforeAll(async () => {
  office = await openOffice({ change: (config) => ({ ...config, enforce: { ...config.enforce, holdMs: 20 } }) });
  agent = await office.connect();
  const setup = new URL(office.running.setupLink ?? "").hash.replace("#setup=", "");
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ setup });
  const signedIn = await fetch(`${office.running.publicUrl}/api/session`, { method: "POST", headers, body });
  cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await office[Symbol.asyncDispose]();
});

interface Following extends AsyncDisposable {
  readonly events: LiveEvent[];
  readonly ended: Promise<void>;
}

function follow(topics: readonly LiveTopic[], since?: string): Following {
  const stop = new AbortController();
  const events: LiveEvent[] = [];
  const read = async (): Promise<void> => {
    for await (const event of clientWith({ cookie }).follow(topics, { signal: stop.signal, since })) events.push(event);
  };
  const ended = read();
  return {
    events,
    ended,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

function ask(query: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${office.running.publicUrl}/api/live${query}`, { headers: { cookie, ...headers } });
}

function decisionsIn(events: readonly LiveEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === "decision" ? [`${event.line.answer} ${event.line.resource}`] : []));
}

describe("the live stream", () => {
  test("X24: it says at once that it lives, then each decision as it is made, with a cursor", async () => {
    await using stream = follow(["decisions", "status"]);
    await expect.poll(() => stream.events[0]).toMatchObject({ kind: "beat", status: { demo: true, mode: "enforce" } });
    await agent.call("read_text_file", { path: "invoices/2041.txt" });
    await expect.poll(() => decisionsIn(stream.events)).toEqual(["allow files/invoices/2041.txt"]);
    const [decision] = stream.events.filter(({ kind }) => kind === "decision");
    expect(decision).toMatchObject({ cursor: expect.stringMatching(/^\d+$/) as string });
  });

  test("X24: from a cursor on nothing is lost and nothing comes twice, whatever happened meanwhile", async () => {
    const from = String(office.running.entries.size() - 1);
    await agent.call("read_text_file", { path: "inbox/notice.md" });
    await agent.tools();
    await using stream = follow(["decisions"], from);
    await agent.call("read_text_file", { path: "customers/customers.csv" });
    await expect
      .poll(() => decisionsIn(stream.events))
      .toEqual(["allow files/inbox/notice.md", "allow files", "limit files/customers/customers.csv"]);
    const cursors = stream.events.flatMap(({ kind, cursor }) => (kind === "decision" ? [Number(cursor)] : []));
    expect(cursors).toEqual(cursors.toSorted((a, b) => a - b));
  });

  test("X24: a cursor that the record does not reach is a gap, and is said", async () => {
    await using stream = follow(["decisions"], "999999");
    await expect.poll(() => stream.events.find(({ kind }) => kind === "gap")).toMatchObject({ from: 1_000_000 });
  });

  test("X25: whoever looks at what waits is called when a question comes, and when it ends", async () => {
    await using stream = follow(["approvals"]);
    await expect.poll(() => stream.events.length).toBeGreaterThan(0);
    const changes = (): number => stream.events.filter(({ kind }) => kind === "approvals").length;
    await agent.act("execute", "write_file", { path: "payments/2041.json", content: "{}" });
    await expect.poll(changes).toBeGreaterThan(0);
    const before = changes();
    const { approvals, demoKey } = office.running.queue;
    for (const { id } of approvals.list({ pending: true }))
      if (demoKey !== undefined) approvals.refuse(id, demoKey.person, "no");
    await expect.poll(changes).toBeGreaterThan(before);
    expect(decisionsIn(stream.events)).toEqual([]);
  });

  test("an unknown topic and a cursor that is none are refused in words", async () => {
    const topic = await ask("?topics=decisions,weather");
    expect([topic.status, await topic.text()]).toEqual([400, expect.stringContaining("containments")]);
    const cursor = await ask("", { "last-event-id": "-1" });
    expect([cursor.status, await cursor.text()]).toEqual([400, expect.stringContaining("Last-Event-ID")]);
  });

  test("a reader that does not keep up is told so and cut off, and what waits for it stays bounded", async () => {
    const clock = fakeClock();
    // the time that a cut-off reader has for what is under way does not pass here
    const timers = { ...clock.timers, after: () => () => undefined };
    const app = createListener("http://localhost:7400", fakeLog());
    const status = jsonObject([["text", "x".repeat(512 * 1024)]]);
    mountLive(app, {
      clock,
      timers,
      entries: fakeEntries(),
      decisions: { rowOf: () => undefined },
      watchApprovals: () => () => undefined,
      status: () => status,
      mayRead: () => true,
    });
    const { port } = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
    const socket = connect(Number(port), "127.0.0.1");
    socket.write("GET /api/live?topics=status HTTP/1.1\r\nhost: localhost:7400\r\nconnection: close\r\n\r\n");
    await once(socket, "readable"); // it is open, and nobody reads
    const beats = 100;
    for (let beat = 0; beat < beats; beat++) {
      clock.advance(BEAT_MS);
      await new Promise((resolve) => setImmediate(resolve));
    }
    let read = "";
    socket.setEncoding("utf8").on("data", (piece: string) => (read += piece));
    await once(socket, "close");
    expect(read).toMatch(/event: end\ndata: \{"why":"slow"\}\n\n\s*0?\s*$/);
    const sent = read.split("event: beat").length - 1;
    expect(sent).toBeGreaterThan(2);
    expect(sent).toBeLessThan(beats / 2);
    await app.close();
  });
});

describe("a session in a browser", () => {
  test("handbook 10: a write with the cookie alone does not count when it comes from elsewhere", async () => {
    const where = `${office.running.publicUrl}/api/approvals/0190b5a2-0000-7000-8000-000000000000/approve`;
    const post = (headers: Record<string, string>): Promise<Response> =>
      fetch(where, { method: "POST", headers: { cookie, ...headers }, body: '{"digest":"sha256:00"}' });
    for (const headers of [
      { origin: "http://attacker.example" },
      { origin: "null" },
      { origin: "http://localhost:1" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ])
      expect((await post(headers)).status, JSON.stringify(headers)).toBe(403);
    // the same from our own page goes through to the desk, which knows no such question
    expect((await post({ origin: office.running.publicUrl, "sec-fetch-site": "same-origin" })).status).toBe(404);
  });

  test("who asks is told whether they are signed in, and what this server keeps", async () => {
    expect(await clientWith({ cookie }).session()).toMatchObject({
      signedIn: true,
      lists: expect.arrayContaining(["approvals"]) as string[],
    });
    expect(await clientWith({ cookie: "bailiwick=wrong" }).session()).toMatchObject({ signedIn: false, lists: [] });
    await expect(clientWith({}).decisions()).rejects.toMatchObject({ code: "SDK_NOT_SIGNED_IN" });
  });

  test("the lists of decisions and minutes agree", async () => {
    const client = clientWith({ cookie });
    await agent.tools();
    const [{ decisions, complete }, { minutes }] = await Promise.all([
      client.decisions({ limit: 1000 }),
      client.minutes(),
    ]);
    const counted = minutes.flatMap(({ counts }) => [...counts.values()]).reduce((sum, n) => sum + n, 0);
    expect([counted, complete]).toEqual([decisions.length, true]);
    await expect(client.decisions({ limit: 0 })).rejects.toMatchObject({ code: "SDK_REFUSED" });
  });
});

test("X24: signing out ends the stream, with the reason, before anything more is sent", async () => {
  await using own = await openOffice();
  const setup = new URL(own.running.setupLink ?? "").hash.replace("#setup=", "");
  const signedIn = await fetch(`${own.running.publicUrl}/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ setup }),
  });
  const session = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const client = createClient({
    baseUrl: own.running.publicUrl,
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), cookie: session } }),
  });
  const events: LiveEvent[] = [];
  const reading = (async () => {
    for await (const event of client.follow(["entries"], { signal: new AbortController().signal })) events.push(event);
  })();
  await expect.poll(() => events.length).toBeGreaterThan(0);
  await client.signOut();
  await reading;
  expect(events.at(-1)).toMatchObject({ kind: "end", why: "signed-out" });
  await expect(client.status()).rejects.toMatchObject({ code: "SDK_NOT_SIGNED_IN" });
});
