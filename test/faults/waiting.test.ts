// SPDX-License-Identifier: Apache-2.0
// Calls that wait for people, on the wire: whoever can open a page is told which one and comes back with a state that is good
// for that caller, that call and that time alone.
import path from "node:path";
import { describe, expect, test } from "vitest";
import { isJsonObject, type Json, type JsonObject, jsonObject, member, parseInstanceId } from "../../src/core/index.ts";
import { fakeStanding } from "../../src/core/testing/ports.ts";
import { AskingDesk } from "../support/asking-desk.ts";
import { type Answered, type RelayWorld, relayWorld } from "../support/relay-world.ts";

const ODD = path.join(import.meta.dirname, "upstreams", "odd.ts");
const ROUNDS = path.join(import.meta.dirname, "upstreams", "rounds.ts");
const HEADERS = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "act" };
const PAGES = { elicitation: { url: {} } };
const APPROVAL = "bailiwick-approval";

interface Waiting extends AsyncDisposable {
  readonly world: RelayWorld;
  readonly desk: AskingDesk;
  /** One call of `act`, modern, by a client that can open pages. */
  call(more?: object, capabilities?: object): Promise<Answered>;
}

function waiting(holdMs = 20, upstream: "legacy" | "modern" = "legacy"): Waiting {
  const desk = new AskingDesk();
  const command = upstream === "legacy" ? [ODD, "repeats"] : [ROUNDS];
  const world = relayWorld([process.execPath, ...command], {
    desk,
    era: upstream,
    holdMs,
    args: [{ name: "to", role: "content" }],
    rule: (action, _resource, { context }) =>
      action === "execute" && context["phase"] === "before" ? "challenge" : "allow",
  });
  let id = 0;
  return {
    world,
    desk,
    call(more = {}, capabilities = PAGES) {
      const meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
        "io.modelcontextprotocol/clientCapabilities": capabilities,
      };
      const params = { name: "act", arguments: { to: "x" }, _meta: meta, ...more };
      return world.post({ jsonrpc: "2.0", id: (id += 1), method: "tools/call", params }, HEADERS);
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

function resultOf({ json }: Answered): JsonObject {
  const result = member(json, "result");
  return isJsonObject(result) ? result : jsonObject([]);
}

function stateOf(answered: Answered): string {
  const state = member(resultOf(answered), "requestState");
  if (typeof state !== "string") throw new Error(`no state in ${JSON.stringify(answered.json)}`);
  return state;
}

const agreed = { [APPROVAL]: { action: "accept" } };
const codeOf = ({ json }: Answered): Json | undefined => member(member(json, "error"), "code");
/** What the upstream was given. */
const upOf = (answered: Answered): string => JSON.stringify(member(resultOf(answered), "content") ?? []);

/** What an unsound state is told: a code, and nothing of the upstream. */
async function unsound(at: Waiting, more: object): Promise<readonly [Json | undefined, string]> {
  const answered = await at.call({ inputResponses: agreed, ...more });
  return [codeOf(answered), upOf(answered)];
}
const INVALID = [-32_602, "[]"];

describe("E28: a modern client that can open pages", () => {
  test("is told at once which page, and nothing else of the call", async () => {
    await using at = waiting(60_000);
    const answered = await at.call();
    const { id } = at.desk.last;
    expect(resultOf(answered)).toMatchObject({
      resultType: "input_required",
      inputRequests: {
        [APPROVAL]: {
          method: "elicitation/create",
          params: { mode: "url", url: `http://localhost:7400/approve/${id}` },
        },
      },
      _meta: { "bailiwick/decision": { answer: "challenge" } },
    });
    expect(stateOf(answered)).toMatch(/^bw1\.[A-Za-z0-9_-]+$/);
  });

  test("comes back after a yes: it is done once, and the upstream sees nothing of it", async () => {
    await using at = waiting();
    const requestState = stateOf(await at.call());
    at.desk.answer("approved");
    const done = await at.call({ requestState, inputResponses: agreed });
    expect(upOf(done)).toContain("act");
    expect(upOf(done)).not.toMatch(/requestState|inputResponses|bw1\./);
    // the yes is used up: the same state asks again
    const again = await at.call({ requestState, inputResponses: agreed });
    expect(resultOf(again)).toMatchObject({ resultType: "input_required" });
    expect(at.desk.questions).toHaveLength(2);
  });

  test("comes back before anybody answered: it is held, and asked the same again", async () => {
    await using at = waiting();
    const requestState = stateOf(await at.call());
    const held = await at.call({ requestState, inputResponses: agreed });
    expect(resultOf(held)).toMatchObject({ resultType: "input_required" });
    expect(at.desk.questions).toHaveLength(1);
  });

  test("is held until the yes comes", async () => {
    await using at = waiting(60_000);
    const requestState = stateOf(await at.call());
    const held = at.call({ requestState, inputResponses: agreed });
    await expect.poll(() => at.desk.last.told.size).toBe(1);
    at.desk.answer("approved");
    expect(upOf(await held)).toContain("act");
  });

  test("declines or cancels: it is refused, and nobody is asked any more", async () => {
    for (const action of ["decline", "cancel"]) {
      await using at = waiting();
      const requestState = stateOf(await at.call());
      const answered = await at.call({ requestState, inputResponses: { [APPROVAL]: { action } } });
      expect(resultOf(answered)).toMatchObject({ resultType: "complete", isError: true });
      expect(at.desk.last.state).toBe("cancelled");
    }
  });

  test("is told no where a person said no, or nobody said anything in time", async () => {
    for (const state of ["denied", "expired"] as const) {
      await using at = waiting();
      const requestState = stateOf(await at.call());
      at.desk.answer(state);
      // whoever lets its time pass is asked anew, whoever said no is not
      const answered = await at.call({ requestState, inputResponses: agreed });
      const expected = state === "denied" ? { isError: true } : { resultType: "input_required" };
      expect(resultOf(answered), state).toMatchObject(expected);
    }
  });
});

describe("E28: a state that does not fit is refused", () => {
  test("changed on the way, cut, or made up", async () => {
    await using at = waiting();
    const state = stateOf(await at.call());
    at.desk.answer("approved");
    expect(await unsound(at, { requestState: `${state.slice(0, -1)}${state.endsWith("A") ? "B" : "A"}` })).toEqual(
      INVALID,
    );
    expect(await unsound(at, { requestState: state.slice(0, 40) })).toEqual(INVALID);
    expect(await unsound(at, { requestState: "bw1." })).toEqual(INVALID);
  });

  test("stolen by another instance, another identity", async () => {
    await using at = waiting();
    const requestState = stateOf(await at.call());
    at.desk.answer("approved");
    at.world.standing = fakeStanding({ instance: parseInstanceId("spiffe://test/agent/reader/2") });
    expect(await unsound(at, { requestState })).toEqual(INVALID);
    await using elsewhere = waiting();
    expect(await unsound(elsewhere, { requestState: `${requestState}x` })).toEqual(INVALID);
  });

  test("on a call with other arguments", async () => {
    await using at = waiting();
    const requestState = stateOf(await at.call());
    at.desk.answer("approved");
    expect(await unsound(at, { requestState, arguments: { to: "y" } })).toEqual(INVALID);
    expect(at.desk.questions).toHaveLength(1);
  });
});

test("E28: the upstream's own state and answers pass, and come back where people are asked in between", async () => {
  await using at = waiting(20, "modern");
  const own = { requestState: "upstream-1", inputResponses: { name: { action: "accept", content: { a: "b" } } } };
  const requestState = stateOf(await at.call(own));
  at.desk.answer("approved");
  // the client brings only what it was asked for; a second answer to the upstream's question is not taken
  const forged = { ...agreed, name: { action: "accept", content: { a: "forged" } } };
  const up = upOf(await at.call({ requestState, inputResponses: forged }));
  expect(up).toContain("upstream-1");
  expect(up).toContain(String.raw`\"a\":\"b\"`);
  expect(up).not.toMatch(/forged|bw1\.|bailiwick-approval/);
});

const answers = (a: string): object => ({ inputResponses: { name: { action: "accept", content: { a } } } });

test("E52: a yes to a call is none to the same call with other answers to its upstream", async () => {
  await using at = waiting(20, "modern");
  await at.call(answers("b"));
  expect(at.desk.last.item.display).toContain('"a":"b"');
  at.desk.answer("approved");
  expect(resultOf(await at.call(answers("c")))).toMatchObject({ resultType: "input_required" });
  expect(resultOf(await at.call())).toMatchObject({ resultType: "input_required" });
  expect(upOf(await at.call(answers("b")))).toContain(String.raw`\"a\":\"b\"`);
  expect(at.desk.questions).toHaveLength(3);
});

test("E29: a modern client that can open no page is held, then told that it waits", async () => {
  await using at = waiting();
  const answered = await at.call({}, {});
  expect(resultOf(answered)).toMatchObject({ resultType: "complete", isError: true });
  expect(upOf(answered)).toContain("Waiting: a person has to agree");
});

async function openLegacy({ world }: Waiting, capabilities: object, protocolVersion = "2025-11-25"): Promise<void> {
  const params = { protocolVersion, capabilities, clientInfo: { name: "t", version: "1" } };
  await world.post({ jsonrpc: "2.0", id: 1, method: "initialize", params });
  await world.post({ jsonrpc: "2.0", method: "notifications/initialized" });
}

function callLegacy({ world }: Waiting, id: number): Promise<Answered> {
  return world.post({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "act", arguments: { to: "x" } } });
}

describe("E29: a client of 2025-11-25", () => {
  test("that can open pages is told which one; the same call then goes through once", async () => {
    await using at = waiting();
    await openLegacy(at, PAGES);
    const first = await callLegacy(at, 2);
    const { id } = at.desk.last;
    const url = `http://localhost:7400/approve/${id}`;
    expect(member(first.json, "error")).toMatchObject({
      code: -32_042,
      data: { elicitations: [{ mode: "url", elicitationId: id, url }] },
    });
    // asked again before anybody answered: held for a while, and told the same
    expect(codeOf(await callLegacy(at, 3))).toBe(-32_042);
    at.desk.answer("approved");
    expect(upOf(await callLegacy(at, 4))).toContain("act");
    expect(codeOf(await callLegacy(at, 5))).toBe(-32_042);
    expect(at.desk.questions).toHaveLength(2);
  });

  test("that cannot, or of an earlier revision, is held and told in words", async () => {
    for (const [capabilities, revision] of [
      [{ elicitation: {} }, "2025-11-25"],
      [PAGES, "2025-06-18"],
    ] as const) {
      await using at = waiting();
      await openLegacy(at, capabilities, revision);
      const answered = await callLegacy(at, 2);
      expect(resultOf(answered)).toMatchObject({ isError: true });
      expect(upOf(answered)).toContain("Waiting: a person has to agree");
    }
  });
});
