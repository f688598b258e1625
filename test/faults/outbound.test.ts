// SPDX-License-Identifier: Apache-2.0
// E36: where a connection leads is looked at when it is made, whatever the name said before, and again at each redirect.
import type { LookupFunction } from "node:net";
import { expect, test, vi } from "vitest";
import type { OutboundRequest } from "../../src/core/index.ts";
import { openOutbound } from "../../src/server/outbound/client.ts";
import { json, openWeb } from "./upstreams/web.ts";

const NEVER = new AbortController().signal;

function get(url: URL, more: Partial<OutboundRequest> = {}): OutboundRequest {
  return { method: "GET", url, headers: {}, signal: NEVER, headMs: 5000, redirects: 0, isPrivate: false, ...more };
}

interface Resolver {
  readonly lookup: LookupFunction;
  asked: number;
}

/** A resolver that says what a test wants, one answer after the other. */
function resolver(...answers: string[][]): Resolver {
  const made: Resolver = {
    asked: 0,
    lookup: (_name, _options, done) => {
      const found = answers[Math.min(made.asked, answers.length - 1)] ?? [];
      made.asked += 1;
      done(
        null,
        found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
    },
  };
  return made;
}

const REFUSED = { code: "SERVER_OUTBOUND_REFUSED" };

test("E36: loopback is refused by name, by every spelling of its address, and allowed where that is configured", async () => {
  await using web = await openWeb((_seen, response) => json(response, {}));
  await using outbound = openOutbound();
  const hosts = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]"];
  for (const host of hosts) {
    const url = new URL(`http://${host}:${web.port}/`);
    await expect(outbound.request(get(url)), host).rejects.toMatchObject(REFUSED);
  }
  expect(web.seen).toEqual([]);
  const { status } = await outbound.request(get(web.url, { isPrivate: true }));
  expect(status).toBe(200);
});

test("E36: one refused address among several refuses the name", async () => {
  await using web = await openWeb((_seen, response) => json(response, {}));
  const names = resolver(["93.184.216.34", "127.0.0.1"]);
  await using outbound = openOutbound(names);
  const url = new URL(`http://two.example:${web.port}/`);
  await expect(outbound.request(get(url))).rejects.toMatchObject(REFUSED);
  expect(web.seen).toEqual([]);
});

test("E36: a name that leads elsewhere the second time is looked at the second time", async () => {
  await using web = await openWeb((_seen, response) => json(response, {}, { connection: "close" }));
  const names = resolver(["127.0.0.1"], ["169.254.169.254"]);
  await using outbound = openOutbound(names);
  const url = new URL(`http://rebinds.example:${web.port}/`);
  const first = await outbound.request(get(url, { isPrivate: true }));
  for await (const chunk of first.body) expect(chunk.length).toBeGreaterThan(0);
  await expect(outbound.request(get(url, { isPrivate: true }))).rejects.toMatchObject(REFUSED);
  expect([names.asked, web.seen.length]).toEqual([2, 1]);
});

test("E36: no redirect is followed unless configured, and then each is looked at anew and goes without secrets elsewhere", async () => {
  await using there = await openWeb((_seen, response) => json(response, {}));
  await using here = await openWeb((seen, response) => {
    const elsewhere = new URL(`http://localhost:${there.port}/there`).href;
    const to = new Map([
      ["/there", elsewhere],
      ["/same", "/end"],
      ["/inner", "http://169.254.169.254/latest"],
      ["/loop", "/loop"],
    ]).get(seen.path);
    if (to === undefined) json(response, {});
    else response.writeHead(307, { location: to }).end();
  });
  await using outbound = openOutbound();
  const ask = (path: string, redirects: number): ReturnType<typeof outbound.request> =>
    outbound.request({
      ...get(new URL(path, here.url), { redirects, isPrivate: true }),
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json", "x-plain": "1" },
      secrets: { authorization: "Bearer secret", "mcp-session-id": "s1" },
    });
  expect((await ask("/there", 0)).status).toBe(307);
  expect(there.seen).toEqual([]);
  expect((await ask("/same", 1)).status).toBe(200);
  expect(here.seen.at(-1)).toMatchObject({ method: "POST", path: "/end", headers: { authorization: "Bearer secret" } });
  expect((await ask("/there", 1)).status).toBe(200);
  expect(there.seen[0]).toMatchObject({ method: "POST", headers: { "x-plain": "1" } });
  expect(there.seen[0]?.headers).not.toHaveProperty("authorization");
  expect(there.seen[0]?.headers).not.toHaveProperty("mcp-session-id");
  await expect(ask("/inner", 1)).rejects.toMatchObject(REFUSED);
  expect((await ask("/loop", 3)).status).toBe(307);
});

test("E36: only http and https are spoken", async () => {
  await using outbound = openOutbound();
  for (const url of ["ftp://example.org/", "file:///etc/passwd", "data:text/plain,x"])
    await expect(outbound.request(get(new URL(url), { isPrivate: true })), url).rejects.toMatchObject(REFUSED);
});

test("E36: a proxy of the environment is not used", async () => {
  await using proxy = await openWeb((_seen, response) => json(response, {}));
  await using web = await openWeb((_seen, response) => json(response, {}));
  for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY"]) vi.stubEnv(name, proxy.url.origin);
  await using outbound = openOutbound();
  expect((await outbound.request(get(web.url, { isPrivate: true }))).status).toBe(200);
  expect([proxy.seen.length, web.seen.length]).toEqual([0, 1]);
});

test("E12: whoever leaves off, while waiting or while reading, ends the connection", async () => {
  await using web = await openWeb((seen, response) => {
    if (seen.path === "/silent") return;
    response.writeHead(200).write("begun");
  });
  await using outbound = openOutbound();
  for (const path of ["/silent", "/begun"]) {
    const stop = new AbortController();
    const reading = async (): Promise<void> => {
      const { body } = await outbound.request(get(new URL(path, web.url), { isPrivate: true, signal: stop.signal }));
      for await (const chunk of body) if (chunk.length > 0) stop.abort();
    };
    const ended = reading().catch((cause: unknown) => cause);
    await expect.poll(() => web.seen.at(-1)?.path).toBe(path);
    if (path === "/silent") stop.abort();
    expect(await ended).toMatchObject({ code: "SERVER_OUTBOUND_FAILED" });
    await web.seen.at(-1)?.closed;
  }
});
