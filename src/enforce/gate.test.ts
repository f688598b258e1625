// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import {
  type DecisionDraft,
  type EntryDraft,
  type IdentityStatus,
  parseDomainId,
  parsePointId,
  parseServerId,
  type Ref,
  type ToolManifest,
} from "../core/index.ts";
import { type FakeRecorder, fakeDecider, fakeIdentityView, fakeRecorder, fakeStanding } from "../core/testing/ports.ts";
import { fakeClock, fakeLog, fakeRandom } from "../core/testing/system.ts";
import { type CallReading, createGate, type Gate, type Passage } from "./gate.ts";
import { STRANGERS_PER_SECOND } from "./strangers.ts";
import type { UpstreamServer } from "./upstream-server.ts";

const id = parseServerId("files");
const reader = { server: id, tool: "read", verb: "view", effect: "none", args: [] } as const;
const writer = { server: id, tool: "write", verb: "execute", effect: "irreversible", args: [] } as const;
const server: UpstreamServer = {
  id,
  resource: "http://localhost:7400/mcp/files",
  command: ["none"],
  env: {},
  cwd: "/",
  destination: { kind: "internal", operator: "us", jurisdiction: "FR", listed: true },
  tools: new Map<string, ToolManifest>([
    ["read", reader],
    ["write", writer],
  ]),
};
const FILE: Ref = { type: "Document", id: "files/a/x.txt" };
const OTHER: Ref = { type: "Document", id: "files/b/y.txt" };

interface World {
  readonly gate: Gate;
  readonly recorder: FakeRecorder;
  readonly clock: ReturnType<typeof fakeClock>;
  readonly done: string[];
  status: IdentityStatus;
  call(tool: CallReading["tool"], resources?: readonly Ref[]): Promise<Passage<string>>;
}

type Rule = Parameters<typeof fakeDecider>[0];

function world(rule: Rule = () => "allow"): World {
  const recorder = fakeRecorder();
  const clock = fakeClock();
  const done: string[] = [];
  const refused = { by: "identity", code: "credential_missing", why: "" } as const;
  const gate = createGate(
    {
      prover: { prove: () => Promise.resolve({ refusal: refused }), nonce: () => "n" },
      identities: fakeIdentityView(() => made.status),
      decider: fakeDecider(rule),
      recorder,
      clock,
      random: fakeRandom(),
      log: fakeLog(),
    },
    { domain: parseDomainId("main"), point: parsePointId("n1/mcp") },
  );
  const made: World = {
    gate,
    recorder,
    clock,
    done,
    status: "active",
    call: (tool, resources = [FILE]) =>
      gate.call(fakeStanding(), {
        server,
        method: "tools/call",
        name: tool.tool,
        read: () => Promise.resolve({ verb: tool.verb, impact: "low", tool, resources }),
        effect: () => {
          done.push(`${tool.tool} after ${recorder.appended.length} entries`);
          return Promise.resolve({
            value: "result",
            outcome: { result: "completed", bytesIn: 1, bytesOut: 1, ms: 0, objects: [] },
          });
        },
      }),
  };
  return made;
}

function shapes(entries: readonly EntryDraft[]): string[] {
  return entries.map((e) => (e.type === "decision" ? `${e.shape} ${e.answer}` : e.type));
}

function first(entries: readonly EntryDraft[]): DecisionDraft {
  const [entry] = entries;
  if (entry?.type !== "decision") throw new Error("no decision was written");
  return entry;
}

test("E4: an effect goes out only after its intent is durable, and its outcome follows", async () => {
  const w = world();
  expect(await w.call(writer)).toMatchObject({ passed: true, value: "result" });
  expect(w.done).toEqual(["write after 1 entries"]);
  expect(shapes(w.recorder.appended)).toEqual(["intent allow", "outcome"]);
});

test("E4: a plain read writes one entry, before its result is released", async () => {
  const w = world();
  expect(await w.call(reader)).toMatchObject({ passed: true, value: "result" });
  expect(shapes(w.recorder.appended)).toEqual(["whole allow"]);
});

test("E4: a read that is to be logged has its intent first", async () => {
  const w = world(() => "log");
  await w.call(reader);
  expect(shapes(w.recorder.appended)).toEqual(["intent log", "outcome"]);
});

test("E1: a denied call is never carried out, and the entry names the policy", async () => {
  const w = world((_, resource) => (resource.id === FILE.id ? "deny" : "allow"));
  const passage = await w.call(writer);
  expect(passage).toMatchObject({ passed: false, refusal: { code: "policy_denied" } });
  expect(w.done).toEqual([]);
  expect(shapes(w.recorder.noted)).toEqual(["attempt deny"]);
  expect(first(w.recorder.noted)).toMatchObject({
    resource: FILE,
    why: { policies: [{ id: "says-deny", file: "rules.cedar", line: 1 }] },
  });
});

test("E3: the strictest of all resources decides", async () => {
  const w = world((_, resource) => (resource.id === OTHER.id ? "deny" : "allow"));
  expect(await w.call(reader, [FILE, OTHER])).toMatchObject({ passed: false });
  expect(first(w.recorder.noted)).toMatchObject({ resource: OTHER, resources: [FILE, OTHER] });
});

test("E3: arguments that may not leave for the upstream stop the call", async () => {
  const w = world((action) => (action === "share" ? "deny" : "allow"));
  expect(await w.call(reader)).toMatchObject({ passed: false });
  expect(first(w.recorder.noted)).toMatchObject({ disclose: { answer: "deny" } });
});

test("E23: a tool that is denied as such answers as one that does not exist", async () => {
  const w = world((_, resource) => (resource.type === "Tool" ? "deny" : "allow"));
  expect(await w.call(writer)).toMatchObject({ passed: false, refusal: { code: "tool_unknown" } });
});

test("E5: what became stricter while the intent was written is not carried out", async () => {
  const w = world((_, __, question) => {
    const status = question.entities[0]?.attrs["status"];
    return status === "active" ? "allow" : "deny";
  });
  const append = w.recorder.append.bind(w.recorder);
  w.recorder.append = (draft, options) => {
    w.status = "suspended";
    return append(draft, options);
  };
  expect(await w.call(writer)).toMatchObject({ passed: false });
  expect(w.done).toEqual([]);
  expect(shapes(w.recorder.noted)).toEqual(["outcome", "attempt deny"]);
  expect(w.recorder.noted[0]).toMatchObject({ type: "outcome", result: "refused" });
});

test("section 4: a record without room refuses before anything is read or done", async () => {
  const w = world();
  w.recorder.full = true;
  expect(await w.call(reader)).toMatchObject({ passed: false, refusal: { code: "busy" } });
  expect(w.done).toEqual([]);
});

test("section 4: an intent that cannot be written denies the effect", async () => {
  const w = world();
  w.recorder.fail = () => true;
  expect(await w.call(writer)).toMatchObject({ passed: false, refusal: { code: "record_unavailable" } });
  expect(w.done).toEqual([]);
});

test("section 4: a read whose entry cannot be written is withheld", async () => {
  const w = world();
  w.recorder.fail = () => true;
  const passage = await w.call(reader);
  expect(passage).toMatchObject({ passed: false, refusal: { code: "record_unavailable" } });
  expect(JSON.stringify(passage)).not.toContain('"result"');
});

test("section 4: an outcome that cannot be written withholds the result and says that it may have happened", async () => {
  const w = world();
  w.recorder.fail = (draft) => draft.type === "outcome";
  expect(await w.call(writer)).toMatchObject({ passed: false, refusal: { code: "outcome_not_recorded" } });
  expect(w.done).toHaveLength(1);
});

test("L3: strangers are written up to a rate and counted after it", () => {
  const w = world();
  const refusal = { code: "credential_wrong_key", why: "not our key" } as const;
  for (let i = 0; i < STRANGERS_PER_SECOND + 5; i++) w.gate.refuse({ server, method: "POST", refusal });
  expect(w.recorder.noted).toHaveLength(STRANGERS_PER_SECOND);
  w.clock.advance(1000);
  w.gate.refuse({ server, method: "POST", refusal });
  expect(w.recorder.noted.filter((e) => e.type === "gap")).toMatchObject([{ count: 5 }]);
});

test("E23: a list shows what is not denied, and its entry says why", async () => {
  const w = world((_, resource) => (resource.id === "files/write" ? "deny" : "allow"));
  const passage = await w.gate.list(fakeStanding(), {
    server,
    method: "tools/list",
    fetch: (shown) =>
      Promise.resolve({
        value: [...shown],
        outcome: { result: "completed", bytesIn: 0, bytesOut: 0, ms: 0, objects: [] },
      }),
  });
  expect(passage).toMatchObject({ passed: true, value: ["read"] });
  expect(shapes(w.recorder.appended)).toEqual(["whole allow"]);
});
