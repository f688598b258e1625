// SPDX-License-Identifier: Apache-2.0
// The gate alone, in this process: from the bytes of a call to the bytes of its answer, with the real inspector, the starter
// policies, the rules of transfers and the record on a memory disk; the upstream answers at once. Who asks is proved before
// (`bench:identify` measures that). Processor time of all threads is counted.
import { createSecretKey } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  isJsonObject,
  jsonObject,
  member,
  parseDomainId,
  parseJson,
  parsePointId,
  parseServerId,
  writeJson,
} from "../../src/core/index.ts";
import {
  fakeDesk,
  fakeEntryWatch,
  fakeFeed,
  fakeIdentityView,
  fakeInFlight,
  fakeModes,
  fakeOnce,
  fakeStanding,
  NO_DECOYS,
  NO_PINS,
} from "../../src/core/testing/ports.ts";
import { createDecider } from "../../src/decide/index.ts";
import { createGate, type Gate, readManifest, Tasks, type UpstreamServer } from "../../src/enforce/index.ts";
import { carry } from "../../src/enforce/mcp/carry.ts";
import type { Link } from "../../src/enforce/mcp/link.ts";
import { readCall } from "../../src/enforce/mcp/reading.ts";
import { createInspector, readLabelRules } from "../../src/protect/index.ts";
import { openTransferGate } from "../../src/prove/index.ts";
import { openRecord, openSlices, type RecordRoom, type SliceRoom } from "../../src/record/index.ts";
import { machineConfig, machinePorts } from "../../src/record/testing/machine.ts";
import { loadPolicies } from "../../src/server/policies.ts";
import { MANIFEST } from "./office.ts";
import { ROOT } from "./programs.ts";
import { KINDS, type Kind, textOf } from "./text.ts";

/** Calls that wait for each other's sync, as in use. */
const AT_ONCE = 8;
const TURN = 200;
const TURNS = 15;
const WARM = 4;

const DOMAIN = parseDomainId("main");
const MEMORY = "/dev/shm";

/** @returns milliseconds of processor time for each call, the median of the turns */
export async function measurePipeline(): Promise<Readonly<Record<Kind, number>>> {
  const dir = await mkdtemp(path.join(existsSync(MEMORY) ? MEMORY : tmpdir(), "bailiwick-bench-"));
  const ports = machinePorts();
  const record = await openRecord(ports, machineConfig(dir));
  const slices = await openSlices(ports, { dir: path.join(dir, "slices"), keepDays: 1 });
  const call = await openPipeline({ recorder: record, slices });
  const turns: Record<Kind, number[]> = { plain: [], office: [] };
  let seed = 0;
  for (let round = -WARM; round < TURNS; round++) {
    for (const kind of KINDS) {
      const calls = Array.from({ length: TURN }, () => bodyOf(kind, (seed += 2)));
      const before = process.cpuUsage();
      await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => each(calls, i, call)));
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) turns[kind].push((user + system) / 1000 / TURN);
    }
  }
  await slices.close();
  await record.close();
  await rm(dir, { recursive: true });
  return { plain: median(turns.plain), office: median(turns.office) };
}

async function each(calls: readonly Uint8Array[], first: number, call: (body: Uint8Array) => Promise<string>) {
  for (let i = first; i < calls.length; i += AT_ONCE) {
    const answer = await call(calls[i] ?? new Uint8Array());
    if (!answer.includes("Note ")) throw new Error(`not the note: ${answer.slice(0, 600)}`);
  }
}

function bodyOf(kind: Kind, seed: number): Uint8Array {
  const given = { name: "note", arguments: { kind, seed, text: textOf(kind, seed + 1) } };
  return Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: seed, method: "tools/call", params: given }));
}

interface Kept {
  readonly recorder: RecordRoom;
  readonly slices: SliceRoom;
}

/** What a call goes through between the listener and the child. */
async function openPipeline(kept: Kept): Promise<(body: Uint8Array) => Promise<string>> {
  const ports = { ...machinePorts(), ...kept };
  const { recorder: record } = kept;
  const server = upstream();
  const gate = await openGate(ports);
  const standing = fakeStanding();
  const signal = new AbortController().signal;
  return async (body) => {
    const message = parseJson(body);
    const params = member(message, "params");
    const passage = await gate.call(standing, {
      server,
      method: "tools/call",
      name: "note",
      signal,
      arrived: ports.clock.monotonic(),
      read: () => readCall(record, standing, server, isJsonObject(params) ? params : jsonObject([])),
      effect: ({ forward, objects }, orEnded) =>
        carry(ports, {
          child: LINK,
          standing,
          method: "tools/call",
          params: forward,
          wait: { ms: 60_000, signal: orEnded },
          objects,
          change: (got) => got,
        }),
    });
    return passage.passed && "body" in passage.value ? writeJson(passage.value.body) : JSON.stringify(passage);
  };
}

async function openGate(ports: ReturnType<typeof machinePorts> & Kept): Promise<Gate> {
  const bundle = await loadPolicies(path.join(ROOT, "policies", "starter"));
  const decider = createDecider({ ...ports, seals: ports.slices });
  decider.swap(DOMAIN, bundle.set);
  const labels = readLabelRules("labels.yaml", readFileSync(path.join(ROOT, "policies", "labels.yaml"), "utf8"));
  return createGate(
    {
      ...ports,
      prover: { prove: () => Promise.resolve({ standing: fakeStanding() }), nonce: () => "nonce" },
      identities: fakeIdentityView(),
      decider,
      modes: fakeModes(),
      desk: fakeDesk(),
      tokens: fakeOnce(),
      tasks: new Tasks(createSecretKey(Buffer.alloc(32, 2))),
      feed: fakeFeed(),
      inFlight: fakeInFlight(),
      watch: fakeEntryWatch(),
      decoys: NO_DECOYS,
      pins: NO_PINS,
      inspector: createInspector({ key: createSecretKey(Buffer.alloc(32, 1)), labels }),
      transfers: await openTransferGate({ dir: path.join(ROOT, "regulations"), clock: ports.clock }),
    },
    { domain: DOMAIN, point: parsePointId("bench/mcp"), holdMs: 1000 },
  );
}

function upstream(): UpstreamServer {
  const id = parseServerId("standin");
  return {
    id,
    resource: "http://localhost:7400/mcp/standin",
    transport: { kind: "stdio", command: ["none"], env: {}, cwd: "/", isolate: "identity" },
    era: "legacy",
    trust: "tool",
    destination: { kind: "internal", operator: "bench", jurisdiction: "FR", listed: true },
    tools: readManifest(id, "standin.yaml", MANIFEST).tools,
  };
}

/** Answers at once, from bytes, as an answer comes. */
const LINK: Link = {
  era: "legacy",
  ask(_method, params) {
    const args = member(params, "arguments");
    const [kind, seed] = [member(args, "kind"), member(args, "seed")];
    const text = textOf(kind === "office" ? "office" : "plain", Number(seed));
    const bytes = Buffer.from(JSON.stringify({ result: { content: [{ type: "text", text }] } }));
    const body = parseJson(bytes);
    if (!isJsonObject(body)) throw new TypeError("an answer is an object");
    return Promise.resolve({ body, bytes: bytes.length });
  },
  tell: () => undefined,
  stop: () => Promise.resolve(),
  ended: new Promise(() => undefined),
};

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
