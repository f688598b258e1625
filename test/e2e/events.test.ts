// SPDX-License-Identifier: Apache-2.0
// Masking over real server-sent events: an unmodified MCP client over HTTP, the relay, and a child process that says each
// identifier in pieces while it works.
import { once } from "node:events";
import { createServer } from "node:http";
import path from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, test } from "vitest";
import { fakeLog } from "../../src/core/testing/system.ts";
import { createListener } from "../../src/server/http/listener.ts";
import { mountMcp } from "../../src/server/http/mcp.ts";
import { leaked, PERSONAL } from "../support/identifiers.ts";
import { relayWorld } from "../support/relay-world.ts";

const ODD = path.join(import.meta.dirname, "..", "faults", "upstreams", "odd.ts");

/** Each identifier after its word, cut in its middle: the first half ends one event, the second begins the next. */
function pieces(): readonly string[] {
  const out: string[] = [""];
  for (const [word, value] of Object.entries(PERSONAL)) {
    const cut = Math.floor(value.length / 2);
    out[out.length - 1] += `${word}: ${value.slice(0, cut)}`;
    out.push(`${value.slice(cut)}\n`);
  }
  return out;
}

test("E9: each identifier, split between two server-sent events, is masked for an unmodified client", async () => {
  const said = pieces().map((message, i) => ({ progress: i + 2, message }));
  const command = [process.execPath, ODD, "progress", JSON.stringify(said), JSON.stringify(pieces())] as const;
  await using world = relayWorld([...command], {
    rule: (_, __, { context }) => (context["phase"] === "after" ? "limit" : "allow"),
  });
  const server = createServer();
  server.listen(0, "localhost");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const app = createListener(`http://localhost:${port}`, fakeLog());
  mountMcp(app, new Map([["odd", world.server]]), world.relay);
  await app.ready();
  server.on("request", (request, response) => app.routing(request, response));
  const wire: Promise<string>[] = [];
  const types: string[] = [];
  const watching: typeof fetch = async (...given) => {
    const response = await fetch(...given);
    // the stream that a session listens to ends with the session, and holds no answer
    if (given[1]?.method === "GET") return response;
    types.push(response.headers.get("content-type") ?? "");
    const copy = response.clone();
    wire.push(copy.text().catch(() => ""));
    return response;
  };
  const client = new Client({ name: "unmodified", version: "1" });
  try {
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`http://localhost:${port}/mcp/odd`), { fetch: watching }),
    );
    const events: string[] = [];
    const onprogress = ({ message }: { message?: string | undefined }): void => void events.push(message ?? "");
    const result = await client.callTool({ name: "look", arguments: {} }, { onprogress });
    expect(types).toContain("text/event-stream");
    expect(events.length).toBeGreaterThan(Object.keys(PERSONAL).length);
    const told = events.join("");
    for (const word of Object.keys(PERSONAL)) expect(told).toMatch(new RegExp(`^${word}: \\[masked `, "m"));
    expect(JSON.stringify(result)).toContain("[masked ");
    // each piece by itself, and all of them put together as a reader would
    const seen = [told, ...events, JSON.stringify(result), (await Promise.all(wire)).join("\n")];
    for (const text of seen) expect(leaked(Object.values(PERSONAL), text)).toEqual([]);
    const blocks = (result.content as readonly { text: string }[]).map(({ text }) => text).join("");
    expect(leaked(Object.values(PERSONAL), blocks)).toEqual([]);
    const halves = Object.values(PERSONAL).map((value) => value.slice(Math.floor(value.length / 2)).trim());
    expect(halves.filter((half) => half.length > 5 && told.includes(half))).toEqual([]);
  } finally {
    await client.close();
    await app.close();
    server.closeAllConnections();
    server.close();
  }
});
