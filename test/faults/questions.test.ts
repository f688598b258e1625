// SPDX-License-Identifier: Apache-2.0
// What an upstream asks of a client, and says of its own accord: it is looked at both ways, and only what may pass does.
import path from "node:path";
import { expect, test } from "vitest";
import { type Json, member } from "../../src/core/index.ts";
import { messageIn, type RelayWorld, type RelayWorldOptions, relayWorld } from "../support/relay-world.ts";

const ASKER = path.join(import.meta.dirname, "upstreams", "asker.ts");
const SSE = { accept: "application/json, text/event-stream" };

function asker(question: object, options: RelayWorldOptions = {}): RelayWorld {
  return relayWorld([process.execPath, ASKER, JSON.stringify(question)], options);
}

function form(name: string): object {
  const requestedSchema = { type: "object", properties: { [name]: { type: "string" } } };
  return { method: "elicitation/create", params: { mode: "form", message: "please", requestedSchema } };
}

/** Calls, answers what is asked on the way, and gives what was asked and what the call came to. */
async function call(world: RelayWorld, answer: Json): Promise<{ readonly asked: Json[]; readonly text: string }> {
  const body = { jsonrpc: "2.0", id: 9, method: "tools/call", params: { name: "act", arguments: {} } };
  const { events } = await world.send(body, SSE);
  const asked: Json[] = [];
  let text = "";
  for await (const event of events)
    for (const message of messageIn(event)) {
      const id = member(message, "id");
      if (member(message, "method") === undefined) text = JSON.stringify(member(message, "result") ?? message);
      else asked.push(message);
      if (member(message, "method") !== undefined && id !== undefined)
        await world.post({ jsonrpc: "2.0", id, result: answer });
    }
  return { asked, text };
}

test("E31: a question reaches the client that declared it, and its answer the upstream; both are on record", async () => {
  await using world = asker(form("city"));
  await world.connect();
  const { asked, text } = await call(world, { action: "accept", content: { city: "Lyon" } });
  expect(asked.map((message) => member(message, "method"))).toEqual(["elicitation/create"]);
  expect(text).toContain("Lyon");
  const recorded = world.recorder.appended.flatMap((e) => (e.type === "decision" ? [e.interaction.method] : []));
  expect(recorded.filter((method) => method === "elicitation/create")).toHaveLength(2);
});

for (const [why, question] of [
  ["a form that asks for a password", form("password")],
  ["a form that asks for a key in one word", form("apiKey")],
  [
    "a page of a host that nobody named",
    { method: "elicitation/create", params: { mode: "url", url: "https://x.test/" } },
  ],
  ["what no client is asked", { method: "tools/call", params: { name: "act" } }],
] as const)
  test(`E31: ${why} never reaches the client`, async () => {
    await using world = asker(question);
    await world.connect({ elicitation: { form: {}, url: {} } });
    const { asked, text } = await call(world, { action: "accept", content: {} });
    expect(asked).toEqual([]);
    expect(text).toContain("-32601");
    expect(world.recorder.noted.length).toBeGreaterThan(0);
  });

const nothingPersonal: NonNullable<RelayWorldOptions["rule"]> = (action, _resource, { context }) => {
  const flow = JSON.stringify(member(member(context, "data"), "flow"));
  return action === "share" && flow.includes("personal") ? "deny" : "allow";
};

test("E31: an answer that policy does not let out never reaches the upstream", async () => {
  await using world = asker(form("who"), { rule: nothingPersonal });
  await world.connect();
  const { text } = await call(world, { action: "accept", content: { who: "jean.dupont@example.fr" } });
  expect(text).not.toContain("jean.dupont");
  expect(text).toContain("-31001");
});

test("E32: an answer to a question of another session is nobody's", async () => {
  await using world = asker(form("city"));
  await world.connect();
  const stray = await world.post({ jsonrpc: "2.0", id: "bailiwick-1", result: { action: "accept" } });
  expect(stray.status).toBe(202);
  const { text } = await call(world, { action: "decline" });
  expect(text).toContain("decline");
});

test("E25, E34: what changed is told on the stream that the client listens to, and can be heard again from an event on", async () => {
  await using world = asker({ method: "roots/list", params: {} });
  await world.connect();
  const { events } = await world.send(undefined, SSE);
  await call(world, { roots: [] });
  const seen: string[] = [];
  for await (const event of events) {
    seen.push(event);
    if (event.includes("notifications/message")) break;
  }
  expect(seen[0]).toBe("id: 1.0\nretry: 1000\ndata: \n\n");
  const methods = seen.flatMap(messageIn).map((message) => member(message, "method"));
  expect(methods).toEqual(["notifications/tools/list_changed", "notifications/message"]);
  const again = await world.send(undefined, { ...SSE, "last-event-id": "1.1" });
  for await (const event of again.events) {
    expect(event).toBe(seen[2]);
    break;
  }
});
