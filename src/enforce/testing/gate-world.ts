// SPDX-License-Identifier: Apache-2.0
// A gate with the rooms around it in memory, in front of two tools that do nothing.
import { createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  type DecisionDraft,
  type EntryDraft,
  type IdentityStatus,
  type JsonObject,
  jsonObject,
  type Mode,
  parseDomainId,
  parseJson,
  parsePointId,
  parseServerId,
  type Ref,
  type Standing,
  type ToolManifest,
  type ToolPins,
} from "../../core/index.ts";
import {
  domestic,
  type FakeRecorder,
  fakeDecider,
  fakeDesk,
  fakeEntryWatch,
  fakeFeed,
  fakeIdentityView,
  fakeInFlight,
  fakeModes,
  fakeOnce,
  fakeRecorder,
  fakeStanding,
  NO_DECOYS,
  NO_PINS,
  NO_SLICES,
} from "../../core/testing/ports.ts";
import { fakeClock, fakeLog, fakeRandom } from "../../core/testing/system.ts";
import { createInspector, readLabelRules } from "../../protect/index.ts";
import { createGate } from "../gate.ts";
import type { CallReading, Gate, Passage } from "../passage.ts";
import { Tasks } from "../tasks.ts";
import type { UpstreamServer } from "../upstream-server.ts";

const id = parseServerId("files");
export const reader: ToolManifest = { server: id, tool: "read", verb: "view", effect: "none", args: [] };
export const writer: ToolManifest = { server: id, tool: "write", verb: "execute", effect: "irreversible", args: [] };
export const server: UpstreamServer = {
  id,
  resource: "http://localhost:7400/mcp/files",
  transport: { kind: "stdio", command: ["none"], env: {}, cwd: "/", isolate: "identity" },
  era: "auto",
  destination: { kind: "internal", operator: "us", jurisdiction: "FR", listed: true },
  trust: "peer",
  tools: new Map<string, ToolManifest>([
    ["read", reader],
    ["write", writer],
  ]),
};
export const FILE: Ref = { type: "Document", id: "files/a/x.txt" };
export const OTHER: Ref = { type: "Document", id: "files/b/y.txt" };

export interface World {
  readonly gate: Gate;
  readonly decider: ReturnType<typeof fakeDecider>;
  readonly tasks: Tasks;
  readonly recorder: FakeRecorder;
  readonly clock: ReturnType<typeof fakeClock>;
  readonly done: string[];
  status: IdentityStatus;
  standing: Standing;
  call(tool: ToolManifest, resources?: readonly Ref[], args?: JsonObject): Promise<Passage>;
}

export type Rule = Parameters<typeof fakeDecider>[0];

const LABELS = readLabelRules(
  "labels.yaml",
  readFileSync(path.join(import.meta.dirname, "../../../policies/labels.yaml"), "utf8"),
);
const inspector = createInspector({ key: createSecretKey(Buffer.alloc(32, 1)), labels: LABELS });
export const RESULT = parseJson('{"result":{"content":[{"type":"text","text":"result"}]}}') as JsonObject;

export interface WorldOptions {
  readonly desk?: ReturnType<typeof fakeDesk>;
  readonly came?: JsonObject;
  readonly feed?: ReturnType<typeof fakeFeed>;
  readonly mode?: Mode;
  readonly pins?: ToolPins;
  readonly flaws?: NonNullable<CallReading["flaws"]>;
}

export function world(rule: Rule = () => "allow", options: WorldOptions = {}): World {
  const recorder = fakeRecorder();
  const decider = fakeDecider(rule);
  const clock = fakeClock();
  const done: string[] = [];
  const tasks = new Tasks(createSecretKey(Buffer.alloc(32, 2)));
  const refused = { by: "identity", code: "credential_missing", why: "" } as const;
  const gate = createGate(
    {
      prover: { prove: () => Promise.resolve({ refusal: refused }), nonce: () => "n" },
      identities: fakeIdentityView(() => made.status),
      decider,
      modes: fakeModes(options.mode),
      recorder,
      slices: NO_SLICES,
      desk: options.desk ?? fakeDesk(),
      tokens: fakeOnce(),
      tasks,
      feed: options.feed ?? fakeFeed(),
      inFlight: fakeInFlight(),
      watch: fakeEntryWatch(),
      decoys: NO_DECOYS,
      pins: options.pins ?? NO_PINS,
      inspector,
      transfers: domestic,
      clock,
      random: fakeRandom(),
      log: fakeLog(),
    },
    { domain: parseDomainId("main"), point: parsePointId("n1/mcp"), holdMs: 1000 },
  );
  const made: World = {
    gate,
    decider,
    tasks,
    recorder,
    clock,
    done,
    status: "active",
    standing: fakeStanding(),
    call: (tool, resources = [FILE], args = jsonObject([])) =>
      gate.call(made.standing, {
        server,
        method: "tools/call",
        name: tool.tool,
        signal: new AbortController().signal,
        arrived: 0,
        read: () =>
          Promise.resolve({
            verb: tool.verb,
            impact: "low",
            tool,
            resources,
            args: recorder.commit(made.standing, "args", new TextEncoder().encode(JSON.stringify(args))),
            sent: args,
            named: args,
            display: "",
            ...(options.flaws === undefined ? {} : { flaws: options.flaws }),
          }),
        effect: () => {
          done.push(`${tool.tool} after ${recorder.appended.length} entries`);
          const outcome = { result: "completed", bytesIn: 1, bytesOut: 1, ms: 0, objects: [] } as const;
          return Promise.resolve({ value: { body: options.came ?? RESULT }, outcome });
        },
      }),
  };
  return made;
}

export function shapes(entries: readonly EntryDraft[]): string[] {
  return entries.map((e) => (e.type === "decision" ? `${e.shape} ${e.answer}` : e.type));
}

export function first(entries: readonly EntryDraft[]): DecisionDraft {
  const [entry] = entries;
  if (entry?.type !== "decision") throw new Error("no decision was written");
  return entry;
}

/** An upstream's answer with one text. */
export const message = (text: string): JsonObject =>
  jsonObject([
    [
      "result",
      jsonObject([
        [
          "content",
          [
            jsonObject([
              ["type", "text"],
              ["text", text],
            ]),
          ],
        ],
      ]),
    ],
  ]);

/** Allows everything before the effect, and answers this after it. */
export function after(answer: ReturnType<Rule>): Rule {
  return (_, __, question) => (question.context["phase"] === "after" ? answer : "allow");
}
