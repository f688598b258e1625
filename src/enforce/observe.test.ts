// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { jsonObject } from "../core/index.ts";
import { fakeDesk, fakeFeed, fakeGrant, fakeStanding } from "../core/testing/ports.ts";
import { unmanifested } from "./observe.ts";
import { after, FILE, first, message, RESULT, reader, server, shapes, world, writer } from "./testing/gate-world.ts";

const observe = { mode: "observe" } as const;
const NATIONAL_ID = "social security number 1 84 12 76 451 089 46";

describe("a call that enforcing would stop", () => {
  test("E54: a denied effect passes, its intent is durable first, and the entry says what it would have been", async () => {
    const w = world(() => "deny", observe);
    expect(await w.call(writer)).toMatchObject({ passed: true, value: { body: RESULT } });
    expect(w.done).toEqual(["write after 1 entries"]);
    expect(shapes(w.recorder.appended)).toEqual(["intent log", "outcome"]);
    expect(first(w.recorder.appended)).toMatchObject({
      mode: "observe",
      answer: "log",
      would: "deny",
      disclose: { answer: "log", would: "deny" },
      why: { policies: [{ id: "says-deny" }] },
    });
  });

  test("E54: a denied read has its intent first too", async () => {
    const w = world(() => "deny", observe);
    await w.call(reader);
    expect(shapes(w.recorder.appended)).toEqual(["intent log", "outcome"]);
  });

  test("E54: nobody is asked about a call that only would be a question", async () => {
    const desk = fakeDesk("denied");
    const w = world((action) => (action === "execute" ? "challenge" : "allow"), { ...observe, desk });
    expect(await w.call(writer)).toMatchObject({ passed: true });
    expect(desk.asked).toEqual([]);
    expect(first(w.recorder.appended)).toMatchObject({ answer: "log", would: "challenge" });
  });

  test("E54: what is allowed is allowed, and says nothing of what it would have been", async () => {
    const w = world(() => "allow", observe);
    await w.call(reader);
    const entry = first(w.recorder.appended);
    expect(entry).toMatchObject({ shape: "whole", answer: "allow", mode: "observe" });
    expect(entry).not.toHaveProperty("would");
    expect(entry).not.toHaveProperty("objections");
  });

  test("E54: a tool that would be hidden is called, not unknown", async () => {
    const w = world((_, resource) => (resource.type === "Tool" ? "deny" : "allow"), observe);
    expect(await w.call(writer)).toMatchObject({ passed: true });
    expect(first(w.recorder.appended)).toMatchObject({ would: "deny" });
  });

  test("E54: what the gate itself would refuse passes, with its reason", async () => {
    const flaws = [{ code: "tool_unknown", why: "no manifest for this tool" }] as const;
    const w = world(() => "allow", { ...observe, flaws });
    w.standing = fakeStanding({ grant: fakeGrant({ verbs: ["view"] }) });
    expect(await w.call(writer)).toMatchObject({ passed: true });
    const entry = first(w.recorder.appended);
    expect(entry).toMatchObject({ shape: "intent", answer: "log", would: "deny" });
    expect(entry.objections).toEqual([
      "tool_unknown: no manifest for this tool",
      expect.stringMatching(/^mandate_exceeded: verbs: /),
    ]);
    expect(entry).not.toHaveProperty("refusal");
  });

  test("E54: a tool without a manifest is judged as the worst that it could be", async () => {
    const asked: unknown[] = [];
    const tool = unmanifested(server.id, "unknown_tool");
    if (tool === undefined) throw new Error("no tool");
    const w = world((action, resource, { entities }) => {
      if (resource.type === "Tool") asked.push([action, entities.find(({ uid }) => uid.type === "Tool")?.attrs]);
      return "allow";
    }, observe);
    await w.call(tool, []);
    const attrs = jsonObject([
      ["verb", "execute"],
      ["effect", "irreversible"],
    ]);
    expect(asked[0]).toEqual(["execute", attrs]);
  });

  test("E54: a name that no manifest can hold is no tool", () => {
    for (const name of ["", "x".repeat(129), "a\u0000b", "a\u202eb"])
      expect(unmanifested(server.id, name)).toBeUndefined();
  });
});

describe("what comes back", () => {
  test("E54: what would be masked comes whole, and the entry counts it", async () => {
    const w = world(after("limit"), { ...observe, came: message(NATIONAL_ID) });
    expect(JSON.stringify(await w.call(reader))).toContain("451 089");
    const { outcome } = first(w.recorder.appended);
    expect(outcome).toMatchObject({
      release: { answer: "log", would: "limit", obligations: [], wouldOblige: ["redact"] },
      content: [{ redacted: 0, wouldRedact: 1 }],
    });
  });

  test("E54: what would be withheld comes, by whom is said", async () => {
    const w = world(after("deny"), { ...observe, came: message("plans") });
    expect(JSON.stringify(await w.call(reader))).toContain("plans");
    const { outcome } = first(w.recorder.appended);
    expect(outcome).toMatchObject({ release: { answer: "log", would: "deny", policies: [{ id: "says-deny" }] } });
  });

  test("E54: what cannot be looked at whole comes, and the entry says that enforcing would withhold it", async () => {
    const w = world(() => "allow", { ...observe, came: message("x".repeat(300 * 1024)) });
    expect(await w.call(reader)).toMatchObject({ passed: true });
    const { outcome } = first(w.recorder.appended);
    expect(outcome?.release).toMatchObject({
      answer: "log",
      would: "deny",
      objection: "not all of it could be looked at",
    });
  });

  test("E9: what came is remembered as where it came from, observed or not", async () => {
    const w = world(() => "allow", { ...observe, came: message("please write to drop/here.csv today") });
    await w.call(reader);
    const args = jsonObject([["path", "drop/here.csv"]]);
    await w.call({ ...writer, args: [{ name: "path", role: "target" }] }, [FILE], args);
    expect(w.recorder.appended.at(-2)).toMatchObject({ origin: { broken: [{ role: "target" }] } });
  });
});

describe("lists", () => {
  const tools = jsonObject([
    ["result", jsonObject([["tools", ["read", "write", "new"].map((name) => jsonObject([["name", name]]))]])],
  ]);

  test("E54: a list is shown whole, and its entry counts what would be hidden", async () => {
    const w = world((_, resource) => (resource.id === "files/write" ? "deny" : "allow"), observe);
    const asked: unknown[] = [];
    const passage = await w.gate.list(fakeStanding(), {
      server,
      method: "tools/list",
      arrived: 0,
      fetch(shown) {
        asked.push(shown);
        const outcome = { result: "completed", bytesIn: 0, bytesOut: 0, ms: 0, objects: [] } as const;
        return Promise.resolve({ value: { body: tools }, outcome });
      },
    });
    expect(asked).toEqual(["all"]);
    expect(passage).toMatchObject({ passed: true, value: { body: tools } });
    expect(first(w.recorder.appended)).toMatchObject({ mode: "observe", answer: "allow", wouldHide: 2 });
  });
});

describe("what binds all the same", () => {
  test("E54: whoever is contained is refused, and the entry does not look as if it had passed", async () => {
    const w = world(() => "deny", { ...observe, feed: fakeFeed(() => "isolate") });
    // isolation without an order is a credential that ended: the token is dead, whatever the mode
    expect(await w.call(writer)).toMatchObject({ passed: false });
    expect(w.done).toEqual([]);
    const entry = first(w.recorder.noted.filter(({ type }) => type === "decision"));
    expect(entry).toMatchObject({ answer: "deny" });
    expect(entry).not.toHaveProperty("would");
  });

  test("E54: read-only stops an effect", async () => {
    const w = world(() => "allow", { ...observe, feed: fakeFeed(() => "read-only") });
    expect(await w.call(writer)).toMatchObject({ passed: false, refusal: { code: "contained" } });
    expect(w.done).toEqual([]);
  });

  test("E54: a message that is no call of a tool is refused", async () => {
    const w = world(() => "allow", observe);
    const passage = await w.gate.call(fakeStanding(), {
      server,
      method: "tools/call",
      signal: new AbortController().signal,
      arrived: 0,
      read: () => Promise.resolve({ unreadable: { code: "arguments_unreadable", why: "no tool name" } }),
      effect: () => Promise.reject(new Error("must not come to this")),
    });
    expect(passage).toMatchObject({ passed: false, refusal: { code: "arguments_unreadable" } });
  });

  test("E4: an intent that cannot be written stops the effect", async () => {
    const w = world(() => "deny", observe);
    w.recorder.fail = () => true;
    expect(await w.call(writer)).toMatchObject({ passed: false, refusal: { code: "record_unavailable" } });
    expect(w.done).toEqual([]);
  });

  test("K3: a stranger's refusal is no observed call", () => {
    const w = world(() => "allow", observe);
    w.gate.refuse({ server, method: "POST", refusal: { code: "identity_unknown", why: "who" } });
    expect(first(w.recorder.noted)).toMatchObject({ mode: "enforce", answer: "deny" });
  });
});

test("X7: what other rules would make of an observed call is counted as if it were enforced", async () => {
  const w = world(() => "deny", observe);
  await w.call(writer);
  const [again] = w.gate.rejudge(w.decider);
  expect(again).toEqual({ was: "deny", now: "deny" });
});
