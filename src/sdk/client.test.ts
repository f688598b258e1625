// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { EntryRow } from "./answers.ts";
import { createClient } from "./client.ts";
import type { Fetch } from "./request.ts";

const TOKEN = "cli-token-for-tests";
const OPTIONS = { baseUrl: "http://localhost:7400", token: TOKEN };
const ROW = { ref: "localhost/log/main-1#0:leaf", reference: "BW-0000000", entry: { type: "admin" } };
const STATUS = {
  version: "0.1.0",
  mode: "enforce",
  demo: true,
  dataDir: "/data",
  startedAt: "2026-12-06T09:00:00.000Z",
  publicUrl: "http://localhost:7400",
  servers: [
    {
      id: "files",
      url: "http://localhost:7400/mcp/files",
      operator: "self",
      jurisdiction: "FR",
      tools: 14,
      state: "ready",
    },
  ],
  record: { log: "main-1", origin: "localhost/log/main-1", size: 3, published: 3, state: "ok" },
  policies: { domain: "main", name: "demo", digest: "sha256:00", policies: 4, since: 1_796_547_600_000 },
  identities: { active: 1, total: 2 },
  warnings: [],
};

/** A server that answers every call so, and remembers what it was asked. */
function server(answer: () => Response): { fetch: Fetch; asked: { url: string; headers: Headers }[] } {
  const asked: { url: string; headers: Headers }[] = [];
  const fetch: Fetch = async (url, init) => {
    asked.push({ url, headers: new Headers(init.headers) });
    return answer();
  };
  return { fetch, asked };
}

function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status });
}

test("sdk: each method asks its own address, with the token in the header and nowhere else", async () => {
  const { fetch, asked } = server(() => json({ size: 1, entries: [ROW] }));
  const client = createClient({ ...OPTIONS, fetch });
  await client.entries();
  await client.entries({ from: -10, limit: 10 });
  await client.entry("BW-0000000");
  await client.entry(7);
  await client.decision("localhost/log/main-1#7:leaf").catch(() => undefined);
  expect(asked.map(({ url }) => url)).toEqual([
    "http://localhost:7400/api/record/entries",
    "http://localhost:7400/api/record/entries?from=-10&limit=10",
    "http://localhost:7400/api/record/entries/BW-0000000",
    "http://localhost:7400/api/record/entries/7",
    "http://localhost:7400/api/decisions/localhost%2Flog%2Fmain-1%237%3Aleaf",
  ]);
  expect(new Set(asked.map(({ headers }) => headers.get("authorization")))).toEqual(new Set([`Bearer ${TOKEN}`]));
});

const APPROVAL = {
  id: "01936d3c-0000-7000-8000-000000000004",
  reference: "BW-0000004",
  state: "pending",
  who: "spiffe://localhost/agent/a",
  verb: "execute",
  resource: "files/a.txt",
  rule: "ask-first",
  call: "write_file {}",
  asks: [{ path: "/to", role: "payee", source: "a.txt" }],
  digest: "sha256:44",
  expires: "2026-12-06T09:00:20.000Z",
  need: 2,
  agreed: 1,
};

test("sdk: approvals are read whole, and an answer is posted as JSON with the digest or the reason", async () => {
  const sent: { url: string; init: RequestInit }[] = [];
  const fetch: Fetch = async (url, init) => {
    sent.push({ url, init });
    return json(init.method === "POST" ? { state: "approved" } : { approvals: [APPROVAL], signer: "demo", newer: 1 });
  };
  const client = createClient({ ...OPTIONS, fetch });
  expect(await client.approvals()).toEqual({ approvals: [{ ...APPROVAL, reason: "" }], signer: "demo", others: 0 });
  expect(await client.approve("a/b", "sha256:44")).toBe("approved");
  await client.refuse("a", "not mine");
  expect(sent.map(({ url, init }) => [init.method, url, init.body])).toEqual([
    ["GET", "http://localhost:7400/api/approvals", undefined],
    ["POST", "http://localhost:7400/api/approvals/a%2Fb/approve", '{"digest":"sha256:44"}'],
    ["POST", "http://localhost:7400/api/approvals/a/refuse", '{"because":"not mine"}'],
  ]);
  const headers = sent.map(({ init }) => new Headers(init.headers));
  expect(headers.map((one) => one.get("content-type"))).toEqual([null, "application/json", "application/json"]);
  expect(new Set(headers.map((one) => one.get("authorization")))).toEqual(new Set([`Bearer ${TOKEN}`]));
});

test("sdk: a status is read whole, with instants as text and what is left out as undefined", async () => {
  const { fetch } = server(() => json({ ...STATUS, somethingNewer: 1 }));
  const status = await createClient({ ...OPTIONS, fetch }).status();
  expect(status.policies?.since).toBe("2026-12-06T09:00:00.000Z");
  expect(status.servers[0]).toEqual({ ...STATUS.servers[0], shown: undefined, why: undefined });
  expect(status.record).toEqual(STATUS.record);
});

test("sdk: no policies in force is undefined, not an error", async () => {
  const { fetch } = server(() => json({ ...STATUS, policies: null }));
  expect((await createClient({ ...OPTIONS, fetch }).status()).policies).toBeUndefined();
});

test.each<[what: string, change: object, at: string]>([
  ["a missing member", { version: undefined }, "`/api/status.version` is undefined, not text"],
  [
    "a text for a number",
    { identities: { active: "1", total: 2 } },
    "`/api/status.identities.active` is string, not a whole number",
  ],
  ["an object for a list", { servers: {} }, "`/api/status.servers` is object, not a list"],
  ["null for an object", { record: null }, "`/api/status.record` is null, not an object"],
  ["a list for a text", { warnings: [[]] }, "`/api/status.warnings[0]` is a list, not text"],
  ["a text for a truth", { demo: "yes" }, "`/api/status.demo` is string, not true or false"],
])("sdk: %s is a malformed answer, and the message says where", async (_what, change, at) => {
  const { fetch } = server(() => json({ ...STATUS, ...change }));
  await expect(createClient({ ...OPTIONS, fetch }).status()).rejects.toMatchObject({
    code: "SDK_ANSWER_MALFORMED",
    message: `reading the answer: ${at}`,
  });
});

test("sdk: a problem document comes back with its code, fix and reference", async () => {
  const problem = {
    type: "about:blank",
    title: "Not found",
    detail: "no such entry",
    code: "RECORD_X",
    fix: "look",
    ref: "BW-1",
  };
  const { fetch } = server(() => json(problem, 404));
  await expect(createClient({ ...OPTIONS, fetch }).entry("9")).rejects.toMatchObject({
    code: "SDK_REFUSED",
    message: "no such entry",
    problem: { status: 404, title: "Not found", code: "RECORD_X", fix: "look", ref: "BW-1" },
  });
});

test("sdk: a refusal that is no problem document still says its status", async () => {
  const { fetch } = server(() => new Response("<html>", { status: 502 }));
  await expect(createClient({ ...OPTIONS, fetch }).status()).rejects.toMatchObject({
    code: "SDK_REFUSED",
    problem: { status: 502, title: "the server answered 502" },
  });
});

test("sdk: a token that is not taken is told apart", async () => {
  const { fetch } = server(() => json({ title: "Unauthorized" }, 401));
  await expect(createClient({ ...OPTIONS, fetch }).status()).rejects.toMatchObject({ code: "SDK_NOT_SIGNED_IN" });
});

test("sdk: a server that is away is unreachable, with the cause kept", async () => {
  const cause = new TypeError("fetch failed");
  const fetch: Fetch = () => Promise.reject(cause);
  await expect(createClient({ ...OPTIONS, fetch }).status()).rejects.toMatchObject({ code: "SDK_UNREACHABLE", cause });
});

test("sdk: an answer that is not JSON, or too large, is not read", async () => {
  const text = server(() => new Response("hello"));
  await expect(createClient({ ...OPTIONS, fetch: text.fetch }).status()).rejects.toMatchObject({
    code: "SDK_ANSWER_MALFORMED",
  });
  const mebibyte = new Uint8Array(1024 * 1024);
  const endless = new ReadableStream({ pull: (stream) => stream.enqueue(mebibyte) });
  const large = server(() => new Response(endless));
  await expect(createClient({ ...OPTIONS, fetch: large.fetch }).status()).rejects.toMatchObject({
    code: "SDK_ANSWER_TOO_LARGE",
  });
});

test("sdk: an answer that breaks off is unreachable too, not half an answer", async () => {
  const { body, send, broken } = eventStream();
  const { fetch } = server(() => new Response(body));
  send(JSON.stringify(STATUS).slice(0, 40));
  setImmediate(broken);
  await expect(createClient({ ...OPTIONS, fetch }).status()).rejects.toMatchObject({ code: "SDK_UNREACHABLE" });
});

test("sdk: a bad address or token is refused before anything is sent, and the token is not repeated", () => {
  expect(() => createClient({ ...OPTIONS, baseUrl: "localhost" })).toThrow("is no http or https URL");
  expect(() => createClient({ ...OPTIONS, baseUrl: "file:///etc" })).toThrow("is no http or https URL");
  expect(() => createClient({ ...OPTIONS, token: "secret\nx: y" })).toThrow(
    /^opening a client: the token is not one that a header can carry$/,
  );
});

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const got: T[] = [];
  for await (const item of items) got.push(item);
  return got;
}

/** A stream of server-sent events that the test writes piece by piece. */
function eventStream(): { body: ReadableStream; send: (piece: string) => void; close: () => void; broken: () => void } {
  let control: ReadableStreamDefaultController | undefined;
  const body = new ReadableStream({
    start: (c) => {
      control = c;
    },
  });
  return {
    body,
    send: (piece) => control?.enqueue(new TextEncoder().encode(piece)),
    close: () => control?.close(),
    broken: () => control?.error(new Error("reset")),
  };
}

test("sdk: live gives each entry as it comes, once the stream is open, until the server ends it", async () => {
  const { body, send, close } = eventStream();
  const { fetch, asked } = server(() => new Response(body));
  const opened: string[] = [];
  const rows = createClient({ ...OPTIONS, fetch }).live(new AbortController().signal, () => opened.push("open"));
  send(": hello\n\n");
  send(`event: entry\ndata: ${JSON.stringify(ROW)}\n`);
  send("\n");
  close();
  const got = await all(rows);
  expect(got).toEqual([ROW]);
  expect(opened).toEqual(["open"]);
  expect(asked[0]?.headers.get("accept")).toBe("text/event-stream");
});

test("sdk: live ends quietly when the caller aborts, also while it waits", async () => {
  const { body, send, broken } = eventStream();
  const stop = new AbortController();
  const fetch: Fetch = async (_url, init) => {
    init.signal?.addEventListener("abort", broken); // as the real one does
    return new Response(body);
  };
  const got: EntryRow[] = [];
  send(`event: entry\ndata: ${JSON.stringify(ROW)}\n\n`);
  for await (const row of createClient({ ...OPTIONS, fetch }).live(stop.signal)) {
    got.push(row);
    setImmediate(() => stop.abort()); // after the next read began
  }
  expect(got).toEqual([ROW]);
});

test("sdk: a stream that breaks, or an event that is none, is an error", async () => {
  const { body, broken } = eventStream();
  const { fetch } = server(() => new Response(body));
  const rows = all(createClient({ ...OPTIONS, fetch }).live(new AbortController().signal));
  broken();
  await expect(rows).rejects.toMatchObject({ code: "SDK_UNREACHABLE" });
  const odd = server(() => new Response("event: entry\ndata: {}\n\n"));
  await expect(
    all(createClient({ ...OPTIONS, fetch: odd.fetch }).live(new AbortController().signal)),
  ).rejects.toMatchObject({ code: "SDK_ANSWER_MALFORMED" });
});
