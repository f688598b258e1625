// SPDX-License-Identifier: Apache-2.0
// What an upstream says while it works comes as server-sent events, and passes the same gate as its answer: an identifier
// that begins in one event and ends in the next is masked in both.
import path from "node:path";
import { describe, expect, test } from "vitest";
import { isJsonArray, type Json, member } from "../../src/core/index.ts";
import { type Answered, type RelayWorld, type RelayWorldOptions, relayWorld } from "../support/relay-world.ts";

const ODD = path.join(import.meta.dirname, "upstreams", "odd.ts");
const BOTH = { accept: "application/json, text/event-stream" };
const call = (meta: Record<string, unknown>): object => ({
  jsonrpc: "2.0",
  id: 2,
  method: "tools/call",
  params: { name: "look", arguments: {}, _meta: meta },
});

/** Masks whatever is personal in what comes back. */
const masking: NonNullable<RelayWorldOptions["rule"]> = (_, __, { context }) =>
  context["phase"] === "after" ? "limit" : "allow";

/** Lets nothing of what comes back leave. */
const withholding: typeof masking = (_, __, { context }) => (context["phase"] === "after" ? "deny" : "allow");

function upstream(said: readonly object[], answer: readonly string[], options: RelayWorldOptions = {}): RelayWorld {
  const command = [process.execPath, ODD, "progress", JSON.stringify(said), JSON.stringify(answer)] as const;
  return relayWorld([...command], { rule: masking, ...options });
}

async function ask(
  world: RelayWorld,
  headers: Record<string, string> = BOTH,
  token: string | null = "mine",
): Promise<Answered> {
  await world.connect();
  return world.post(call(token === null ? {} : { progressToken: token }), headers);
}

function words(events: readonly Json[]): readonly unknown[] {
  return events.flatMap((event) => member(member(event, "params"), "message") ?? []);
}

function texts(answered: Json | undefined): readonly unknown[] {
  const content = member(member(answered, "result"), "content");
  return isJsonArray(content) ? content.map((block) => member(block, "text")) : [];
}

const IBAN = ["the account is FR76 3000 6000", " 0112 3456 7890 189 as agreed"];

describe("E9, E34: masking holds across server-sent events", () => {
  test("an IBAN that is split between two events is masked in both, and what stands around it stays", async () => {
    await using world = upstream(
      IBAN.map((message, i) => ({ progress: i + 2, message })),
      ["done"],
    );
    const { events, headers } = await ask(world);
    expect(headers["content-type"]).toBe("text/event-stream");
    expect(words(events)).toEqual(["the account is [masked iban FR]", " as agreed"]);
    expect(texts(events.at(-1))).toEqual(["done"]);
    expect(JSON.stringify(events)).not.toMatch(/3000|7890/);
  });

  test("every way to cut it, in up to three pieces", async () => {
    const whole = "card 4111 1111 1111 1111.";
    for (const [a, b] of [
      [6, 12],
      [9, 10],
      [10, 20],
      [14, 15],
      [23, 24],
    ] as const) {
      const pieces = [whole.slice(0, a), whole.slice(a, b), whole.slice(b)];
      await using world = upstream(
        pieces.map((message, i) => ({ progress: i + 2, message })),
        ["done"],
      );
      const { events } = await ask(world);
      expect(words(events).join(""), pieces.join("|")).toBe("card [masked payment card].");
    }
  });

  test("blocks of text of one answer are put together too, with events and without", async () => {
    for (const headers of [BOTH, { accept: "application/json" }]) {
      await using world = upstream([], IBAN);
      const { json } = await ask(world, headers);
      expect(texts(json)).toEqual(["the account is [masked iban FR]", " as agreed"]);
    }
  });

  test("a number of progress that is an identifier does not pass, and nothing that comes after it overtakes", async () => {
    const said = [
      { progress: 2 },
      { progress: 4_111_111_111_111_111 },
      { progress: 4_111_111_111_111_112, message: "x" },
    ];
    await using world = upstream(said, ["done"]);
    const { events } = await ask(world);
    const told = events.flatMap((event) => member(member(event, "params"), "progress") ?? []);
    expect(told).toEqual([1, 2, 4_111_111_111_111_112]);
  });
});

test("nothing of it leaves where the answer is withheld", async () => {
  await using world = upstream([{ progress: 2, message: "the secret of the house" }], ["more of it"], {
    rule: withholding,
  });
  const { events } = await ask(world);
  expect(JSON.stringify(events)).not.toMatch(/secret of the house|more of it/);
  expect(JSON.stringify(events.at(-1))).toMatch(/withheld/);
});

test("the client's token comes back, the upstream never sees it, and members that MCP does not name are dropped", async () => {
  await using world = upstream([{ progress: 2, message: "half", extra: "unread", _meta: { a: 1 } }], ["done"]);
  const { events } = await ask(world, BOTH, "a token of mine");
  expect(events.slice(0, -1).map((event) => member(event, "params"))).toEqual([
    { progressToken: "a token of mine", progress: 1, total: 9 },
    { progressToken: "a token of mine", progress: 2, message: "half" },
  ]);
});

test("who takes no events, or asked for no progress, gets one JSON answer", async () => {
  for (const [headers, token] of [
    [{ accept: "application/json" }, "mine"],
    [BOTH, null],
  ] as const) {
    await using world = upstream([{ progress: 2, message: "half" }], ["done"]);
    const { events, headers: got, json } = await ask(world, headers, token);
    expect(events).toEqual([]);
    expect(got["content-type"]).toBe("application/json");
    expect(texts(json)).toEqual(["done"]);
  }
});

test("more events than are held are left out; the answer is not", async () => {
  const said = Array.from({ length: 400 }, (_, i) => ({ progress: i + 2, message: `row ${i}` }));
  await using world = upstream(said, ["done"]);
  const { events } = await ask(world);
  expect(words(events)).toHaveLength(256);
  expect(texts(events.at(-1))).toEqual(["done"]);
});
