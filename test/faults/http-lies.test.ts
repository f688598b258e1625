// SPDX-License-Identifier: Apache-2.0
// Section 4, E34, E35: an upstream at a URL that breaks off, lies or never ends. After the call has gone up nobody may say that
// nothing happened, and nothing of such an answer comes down.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { member } from "../../src/core/index.ts";
import { type RelayWorld, relayWorld } from "../support/relay-world.ts";
import { event, json, openRaw, openWeb, result, type Seen, stream } from "./upstreams/web.ts";

const CALL = { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "act", arguments: {} } };
const MEGABYTE = 1024 * 1024;

const over = (url: URL): { kind: "http"; url: URL; redirects: number; isPrivate: boolean } => ({
  kind: "http",
  url,
  redirects: 0,
  isPrivate: true,
});

function outcomes(world: RelayWorld): string[] {
  return world.recorder.appended.flatMap((e) => (e.type === "outcome" ? [e.result] : []));
}

/** Opens properly; a call is answered as a test says. */
function answering(
  call: (seen: Seen, response: ServerResponse) => void,
): (seen: Seen, response: ServerResponse) => void {
  return (seen, response) => {
    const { method } = seen.message;
    if (method === "initialize") {
      const opened = {
        protocolVersion: "2025-11-25",
        capabilities: { tools: {} },
        serverInfo: { name: "web", version: "1" },
      };
      return json(response, result(seen, opened), { "mcp-session-id": "s1" });
    }
    if (method === "tools/call") return call(seen, response);
    return void response.writeHead(seen.method === "GET" ? 405 : 202).end();
  };
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}

/** Writes until its reader has gone, and tells how much that was. */
async function flood(response: ServerResponse, piece: string): Promise<number> {
  let sent = 0;
  while (!response.destroyed && sent < 100 * MEGABYTE) {
    sent += piece.length;
    // one piece after the other, as fast as it is read
    if (!response.write(piece)) await drained(response);
  }
  return sent;
}

for (const type of ["application/json", "text/event-stream"]) {
  test(`E35: an answer of 100 MB as ${type} is cut while it streams`, async () => {
    let sent: Promise<number> | undefined;
    await using web = await openWeb(
      answering((seen, response) => {
        response.writeHead(200, { "content-type": type });
        const begun = JSON.stringify(result(seen, { content: [] })).slice(0, -3);
        response.write(type === "application/json" ? `${begun}[{"type":"text","text":"` : `data: ${begun}`);
        sent = flood(response, "x".repeat(64 * 1024));
      }),
    );
    await using world = relayWorld(over(web.url), { upstreamWaitMs: 20_000 });
    await world.connect();
    const answered = await world.post(CALL);
    expect(member(answered.json, "error")).toBeDefined();
    expect(outcomes(world)).toEqual(["unknown"]);
    // ten are read, and a few more lie in buffers on the way
    expect((await sent) ?? 0).toBeLessThan(20 * MEGABYTE);
  });
}

const LIES: Readonly<Record<string, (seen: Seen, response: ServerResponse) => void>> = {
  "says that its answer is longer than it is": (seen, response) => {
    const body = JSON.stringify(result(seen, { content: [] }));
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length + 10 }).write(body);
    response.socket?.end();
  },
  "says that its answer is shorter than it is": (seen, response) => {
    const body = JSON.stringify(result(seen, { content: [] }));
    response.strictContentLength = false;
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length - 1 }).end(body);
  },
  "ends its stream before its answer": (_seen, response) => {
    stream(response);
    event(response, { jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: 1 } });
    response.end();
  },
  "breaks off in the middle of an event": (seen, response) => {
    stream(response);
    response.write(`data: ${JSON.stringify(result(seen, { content: [] })).slice(0, 20)}`, () => response.destroy());
  },
  "ends in the middle of an event": (seen, response) => {
    stream(response);
    response.end(`data: ${JSON.stringify(result(seen, { content: [] }))}`);
  },
  "answers another request": (_seen, response) => {
    json(response, { jsonrpc: "2.0", id: 999, result: { content: [] } });
  },
  "answers twice in one message": (seen, response) => {
    const id = JSON.stringify(seen.message["id"]);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(`{"jsonrpc":"2.0","id":${id},"result":{"content":[]},"result":{"content":[]}}`);
  },
  "answers with bytes that are no text": (_seen, response) => {
    stream(response);
    response.end(Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0x20, 0xff, 0xfe, 0x0a, 0x0a]));
  },
  "answers with a page": (_seen, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<p>done</p>");
  },
  "compresses what it was asked to leave as it is": (_seen, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end("x");
  },
  "sends elsewhere": (_seen, response) => {
    response.writeHead(307, { location: "http://169.254.169.254/" }).end();
  },
  "is ill": (_seen, response) => {
    response.writeHead(503).end();
  },
};

for (const [what, lie] of Object.entries(LIES)) {
  test(`section 4: the call of an upstream that ${what} is unknown, and nothing of it comes down`, async () => {
    await using web = await openWeb(answering(lie));
    await using world = relayWorld(over(web.url), { upstreamWaitMs: 2000 });
    await world.connect();
    const answered = await world.post(CALL);
    expect(member(member(answered.json, "error"), "message")).toMatch(/unknown; do not repeat/);
    expect(outcomes(world)).toEqual(["unknown"]);
    expect(web.asked().filter((method) => method === "tools/call")).toHaveLength(1);
  });
}

const GARBAGE: Readonly<Record<string, (socket: Socket) => void>> = {
  "is not HTTP": (socket) => socket.end("SSH-2.0-OpenSSH\r\n"),
  "has two lengths": (socket) =>
    socket.end(
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x",
    ),
  "has headers without end": (socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(MEGABYTE)}\r\n\r\n`),
  "closes at once": (socket) => void socket.destroy(),
};

for (const [what, say] of Object.entries(GARBAGE)) {
  test(`section 4: an upstream that ${what} opens no session`, async () => {
    await using raw = await openRaw(say);
    await using world = relayWorld(over(raw.url), { upstreamWaitMs: 2000 });
    const opened = await world.connect();
    expect(member(opened.json, "error")).toBeDefined();
    expect(world.relay.sessions).toBe(0);
  });
}

test("E12: an upstream at a URL that falls silent ends in a timeout, is told so, and others are served meanwhile", async () => {
  let calls = 0;
  await using web = await openWeb(
    answering((seen, response) => {
      calls += 1;
      if (calls > 1) json(response, result(seen, { content: [] }));
    }),
  );
  await using world = relayWorld(over(web.url), { upstreamWaitMs: 1000 });
  await world.connect();
  const silent = world.post(CALL);
  await expect.poll(() => calls).toBe(1);
  expect(member((await world.post({ ...CALL, id: 3 })).json, "result")).toBeDefined();
  expect(member((await silent).json, "error")).toBeDefined();
  expect(outcomes(world).toSorted((a, b) => a.localeCompare(b))).toEqual(["completed", "unknown"]);
  await expect.poll(() => web.asked()).toContain("notifications/cancelled");
});

test("section 4: a session that the upstream has forgotten is gone for its client too", async () => {
  await using web = await openWeb(answering((_seen, response) => void response.writeHead(404).end()));
  await using world = relayWorld(over(web.url));
  await world.connect();
  await world.post(CALL);
  await expect.poll(() => world.relay.sessions).toBe(0);
  expect((await world.post({ ...CALL, id: 3 })).status).toBe(404);
});
