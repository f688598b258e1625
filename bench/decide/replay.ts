// SPDX-License-Identifier: Apache-2.0
// `npm run bench:policy-replay`: recorded calls under another set, on one core: slices of the gate's own questions (the tool,
// two files, and where the arguments go) are read from their sealed files, compared with their digests, and asked again by the
// starter rules. Processor time of the main thread and of what it waits for is counted. A decision is one answer.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { instant, parseDomainId, parseEntryId, parsePointId, parseServerId } from "../../src/core/index.ts";
import { fakeStanding } from "../../src/core/testing/ports.ts";
import { createDecider, type RecordedDecision, replay } from "../../src/decide/index.ts";
import type { UpstreamServer } from "../../src/enforce/index.ts";
import { judgeCall } from "../../src/enforce/judge.ts";
import { openSlices, readSlices } from "../../src/record/index.ts";
import { machinePorts } from "../../src/record/testing/machine.ts";
import { loadPolicies } from "../../src/server/policies.ts";
import { ROOT } from "../enforce/programs.ts";

/** Calls, of so many answers each. */
const CALLS = 5000;
const ROUNDS = 7;
/** UNIT: decisions a second and core. SOURCE: decide section 6 */
const FLOOR = 20_000;
const DOMAIN = parseDomainId("main");
const MEMORY = "/dev/shm";

const SERVER: UpstreamServer = {
  id: parseServerId("files"),
  resource: "http://localhost:7400/mcp/files",
  trust: "tool",
  destination: { kind: "internal", operator: "us", jurisdiction: "FR", listed: true },
  transport: { kind: "stdio", command: ["none"], env: {}, cwd: "/", isolate: "identity" },
  era: "legacy",
  tools: new Map(),
};
const TOOL = { server: SERVER.id, tool: "read", verb: "view", effect: "none", args: [] } as const;

let bytes = 0;
const ports = machinePorts();
const dir = await mkdtemp(path.join(existsSync(MEMORY) ? MEMORY : tmpdir(), "bailiwick-bench-"));
const bundle = await loadPolicies(path.join(ROOT, "policies", "starter"));
const kept = await openSlices(ports, { dir, keepDays: 1 });
const recorded = await record();
const reader = readSlices(ports.custody, dir, ports.domainKeys);

const rates: number[] = [];
for (let round = -1; round < ROUNDS; round += 1) {
  const before = process.cpuUsage();
  const summary = await replay(window(), { set: bundle.set, domain: DOMAIN }, (key) => reader.key(key));
  const { user, system } = process.cpuUsage(before);
  if (summary.same.differing > 0 || summary.changes.unchanged !== CALLS) throw new Error(JSON.stringify(summary));
  if (round >= 0) rates.push((summary.answers * 1e6) / (user + system));
}
await rm(dir, { recursive: true });
const rate = rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0;
const answers = 4 * CALLS;
const passed = rate >= FLOOR ? 1 : 0;
const figures = {
  decisionsPerCpuSecond: Math.round(rate),
  answers,
  calls: CALLS,
  charactersPerCall: Math.round(bytes / CALLS),
};
const ratios = { [`decisions / ${FLOOR} a second (>= 1)`]: Number((rate / FLOOR).toPrecision(3)) };
console.log(JSON.stringify({ name: "bench:policy-replay", figures, ratios, passed, failed: 1 - passed }));
process.exitCode = 1 - passed;

/** Writes slices as the gate does. */
async function record(): Promise<readonly Omit<RecordedDecision, "slice">[]> {
  const decider = createDecider({ ...ports, seals: kept });
  decider.swap(DOMAIN, bundle.set);
  const judge = { decider, domain: DOMAIN, point: parsePointId("bench/mcp") };
  const made: Omit<RecordedDecision, "slice">[] = [];
  for (let n = 0; n < CALLS; n += 1) {
    const at = instant(ports.clock.now());
    const moment = { standing: fakeStanding(), server: SERVER, at, phase: "before", mode: "enforce" } as const;
    const resources = [`files/a${n % 50}/one.txt`, `files/b/${n}.txt`].map((id) => ({ type: "Document", id }));
    const judged = judgeCall(judge, moment, { verb: "view", tool: TOOL, resources });
    const slice = decider.slice([{ name: "call", decisions: judged.all.map(({ decision }) => decision) }]);
    const id = parseEntryId(ports.random.id());
    kept.put(id, slice.text);
    bytes += slice.text.length;
    made.push({
      index: n,
      reference: id,
      at,
      identity: "agent",
      tool: "files/read",
      input: slice.digest,
      answer: judged.answer,
    });
  }
  await kept.close();
  return made;
}

async function* window(): AsyncGenerator<RecordedDecision> {
  for (const one of recorded) yield { ...one, slice: await reader.get(parseEntryId(one.reference)) };
}
