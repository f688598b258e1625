// SPDX-License-Identifier: Apache-2.0
// What an order does to what is under way: calls and streams through the real relay, in front of a real child process that
// works for ever, answers too late, or does not let go.
import path from "node:path";
import { expect, test } from "vitest";
import { isJsonArray, member, type OutcomeDraft, type ScopeKey } from "../../src/core/index.ts";
import { type ContainWorld, containWorld, OTHER, PERSON } from "../support/contain-world.ts";
import type { Answered } from "../support/relay-world.ts";

const ODD = path.join(import.meta.dirname, "upstreams", "odd.ts");
const WORKS = [process.execPath, ODD, "works"] as const;
const SCOPE: ScopeKey = { kind: "step", id: "s-1" };
const STREAM = { accept: "application/json, text/event-stream" };
const REFUSED = /^Refused: this is not allowed here\. Reference BW-/;

let id = 10;
function call(tool: string, token?: string): object {
  id += 1;
  const meta = token === undefined ? {} : { _meta: { progressToken: token } };
  return { jsonrpc: "2.0", id, method: "tools/call", params: { name: tool, arguments: {}, ...meta } };
}

function textOf({ json }: Answered): string {
  const content = member(member(json, "result"), "content");
  const text = isJsonArray(content) ? member(content[0], "text") : undefined;
  return typeof text === "string" ? text : JSON.stringify(json);
}

async function open(command: readonly [string, ...string[]] = WORKS): Promise<ContainWorld> {
  const world = await containWorld(command);
  world.enter(SCOPE);
  await world.relay.connect();
  return world;
}

const order = (effect: "isolate" | "read-only" | "throttle" | "challenge", scope = SCOPE) =>
  ({ effect, scope, because: "a test" }) as const;
/** Until the upstream has it: its intent is written before it goes up. */
const underWay = (world: ContainWorld, count: number) =>
  expect
    .poll(() => world.relay.recorder.appended.filter((draft) => "shape" in draft && draft.shape === "intent").length)
    .toBe(count);

test("R8: a call and a stream in flight end with a refusal, cut is written, the upstream is told, late answers stay here", async () => {
  await using world = await open();
  const plain = world.relay.post(call("act"));
  const stream = world.relay.post(call("act", "mine"), STREAM);
  await underWay(world, 2);
  await new Promise((resolve) => void setTimeout(resolve, 50));
  const done = await world.containments.contain(order("isolate"), PERSON);
  for (const answered of await Promise.all([plain, stream])) expect(textOf(answered)).toMatch(REFUSED);
  expect(done).toMatchObject({
    order: { state: "effective", recorded: true, points: [{ aborted: 2, bytesAfterOrder: 0, upstreamUnknown: 0 }] },
  });
  const outcomes = world.relay.recorder.appended.filter((draft): draft is OutcomeDraft => draft.type === "outcome");
  expect(outcomes.map(({ result }) => result)).toEqual(["cut", "cut"]);
  // the upstream was told of both, and answered both after that: nobody was given it
  expect(textOf(await world.relay.post(call("look")))).toMatch(REFUSED);
  world.enter({ kind: "step", id: "s-2" });
  expect(textOf(await world.relay.post(call("look")))).toBe("2 cancelled");
});

test("R9: an answer that is there when the order comes does not leave", async () => {
  await using world = await open([process.execPath, ODD, "answers"]);
  // the record is slow: the answer of the upstream waits for its line while the order is given
  const { promise, resolve } = Promise.withResolvers<void>();
  const append = world.relay.recorder.append.bind(world.relay.recorder);
  world.relay.recorder.append = async (draft, options) => {
    if (draft.type === "outcome") await promise;
    return append(draft, options);
  };
  const answered = world.relay.post(call("act"));
  await underWay(world, 1);
  await new Promise((later) => void setTimeout(later, 100));
  const ordered = world.containments.contain(order("isolate"), PERSON);
  resolve();
  expect(textOf(await answered)).toMatch(REFUSED);
  expect(await ordered).toMatchObject({ order: { points: [{ bytesAfterOrder: 0 }] } });
  const [outcome] = world.relay.recorder.appended.filter((draft): draft is OutcomeDraft => draft.type === "outcome");
  // what was done was done, and is written so; only its answer stayed here
  expect(outcome).toMatchObject({ result: "completed" });
});

test("R6: read-only lets reads through and nothing else; what is slowed has one call in ten seconds", async () => {
  await using world = await open([process.execPath, ODD, "answers"]);
  await world.containments.contain(order("read-only"), PERSON);
  expect(textOf(await world.relay.post(call("look")))).toBe("done");
  expect(textOf(await world.relay.post(call("act")))).toMatch(REFUSED);
  const slow: ScopeKey = { kind: "step", id: "s-2" };
  world.enter(slow);
  await world.containments.contain(order("throttle", slow), PERSON);
  expect(textOf(await world.relay.post(call("look")))).toBe("done");
  const again = await world.relay.post(call("look"));
  expect([again.status, again.headers["retry-after"]]).toEqual([429, "1"]);
});

test("R6: what is challenged passes only with a person's yes to exactly it; reads pass", async () => {
  await using world = await open([process.execPath, ODD, "answers"]);
  await world.containments.contain(order("challenge"), PERSON);
  expect(textOf(await world.relay.post(call("look")))).toBe("done");
  expect(textOf(await world.relay.post(call("act")))).toMatch(REFUSED);
});

test("R7: a tool, and a server, are stopped for everybody; a list shows what is left", async () => {
  await using world = await open([process.execPath, ODD, "answers"]);
  const tool: ScopeKey = { kind: "tool", id: "odd/act" };
  const done = await world.containments.contain(order("isolate", tool), PERSON);
  for (let n = 0; n < 4; n++) expect(textOf(await world.relay.post(call("act")))).toMatch(REFUSED);
  // whoever calls a tool that is stopped evades nothing
  expect(world.watch.list()).toEqual([]);
  expect(textOf(await world.relay.post(call("look")))).toBe("done");
  const list = await world.relay.post({ jsonrpc: "2.0", id: 99, method: "tools/list" });
  expect(JSON.stringify(list.json)).not.toContain('"act"');
  const ended = "order" in done && done.order !== undefined ? done.order.id : undefined;
  if (ended === undefined) throw new Error("the order was refused");
  await world.containments.release(ended, { by: OTHER, because: "mended" });
  expect(textOf(await world.relay.post(call("act")))).toBe("done");
  await world.containments.contain(order("isolate", { kind: "server", id: "odd" }), PERSON);
  expect(textOf(await world.relay.post(call("look")))).toMatch(REFUSED);
  const refused = await world.relay.post({ jsonrpc: "2.0", id: 100, method: "tools/list" });
  expect(member(member(refused.json, "error"), "code")).toBe(-31_005);
});

test("E15, E16: a prompt that says something else than when it was accepted is not listed and not given, until a person has seen it", async () => {
  await using world = await open([process.execPath, ODD, "drifts"]);
  let asked = 300;
  const ask = async (method: string, params: object = {}): Promise<string> => {
    asked += 1;
    return JSON.stringify((await world.relay.post({ jsonrpc: "2.0", id: asked, method, params })).json);
  };
  const get = (name: string): Promise<string> => ask("prompts/get", { name });
  expect(await ask("prompts/list")).toContain('"sum"');
  expect(await get("sum")).toContain("add them");
  const second = await ask("prompts/list");
  expect([second.includes('"plain"'), second.includes('"sum"')]).toEqual([true, false]);
  expect(await get("sum")).not.toContain("add them");
  expect(await get("plain")).toContain("add them");
  // the gate holds it back: there is nothing that an order could name
  expect(world.watch.list()).toMatchObject([{ detector: "tool-drift", code: "beside", subject: { id: "odd" } }]);
  expect(world.containments.list({ active: true })).toEqual([]);
  world.watch.accept("odd:prompt/sum");
  expect(await get("sum")).toContain("add them");
});

test("E16, R7: a tool that says something else of itself than when it was accepted is shown to nobody, until a person has seen it", async () => {
  await using world = await open([process.execPath, ODD, "drifts"]);
  let asked = 200;
  const list = async (): Promise<string> => {
    asked += 1;
    return JSON.stringify((await world.relay.post({ jsonrpc: "2.0", id: asked, method: "tools/list" })).json);
  };
  expect(await list()).toContain('"look"');
  expect(await list()).not.toContain('"look"');
  expect(world.watch.list()).toMatchObject([{ detector: "tool-drift", code: "changed", subject: { id: "odd/look" } }]);
  const [given] = world.containments.list({ active: true });
  expect(given).toMatchObject({ effect: "isolate", scope: { kind: "tool", id: "odd/look" }, automatic: true });
  expect(textOf(await world.relay.post(call("look")))).toMatch(REFUSED);
  expect(textOf(await world.relay.post(call("act")))).toBe("done");
  if (given === undefined) throw new Error("nothing was ordered");
  await world.containments.release(given.id, { by: PERSON, because: "read" });
  // the order is over; the tool is still not what was accepted
  expect(textOf(await world.relay.post(call("look")))).toContain("Unknown tool.");
  world.watch.accept("odd/look");
  expect(textOf(await world.relay.post(call("look")))).toBe("done");
});
