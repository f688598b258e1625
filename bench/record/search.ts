// SPDX-License-Identifier: Apache-2.0
// What rows for searching cost the log, and what they give. Two logs on one disk take turns, one with rows and one without, so
// that a busy machine is busy for both; rows are made while entries come, and what is left of them after the turns. Only the
// ratio is judged. Then questions are asked of the rows.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { instant } from "../../src/core/index.ts";
import { openRecord, RECORD_SCHEMA, type RecordRoom } from "../../src/record/index.ts";
import { Projection } from "../../src/record/search/projection.ts";
import { type SearchAsk, searchRows } from "../../src/record/search/search.ts";
import { attemptDraft, intentDraft } from "../../src/record/testing/drafts.ts";
import { machineConfig, machinePorts } from "../../src/record/testing/machine.ts";
import { openStore } from "../../src/store/index.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    ms: { type: "string", default: "1000" },
    entries: { type: "string", default: "100000" },
  },
});
const ROUNDS = Number(values.rounds);
const ROUND_MS = Number(values.ms);
const ENTRIES = Number(values.entries);
/** The rate with rows, of the rate without. */
const BAR = 0.9;

const dir = await mkdtemp(join(tmpdir(), "bailiwick-bench-"));
const ports = machinePorts();
const [withRows, without] = [await open("with"), await open("without")];
const store = await openStore({ dir: join(dir, "rows"), schemas: [RECORD_SCHEMA] }, ports);
const origin = withRows.status().origin;
function open(name: string): Promise<RecordRoom> {
  return openRecord(ports, machineConfig(join(dir, name)));
}

/** Entries a second of 16 callers that each wait for theirs. */
async function rate(room: RecordRoom): Promise<number> {
  let entries = 0;
  const start = performance.now();
  const caller = async (): Promise<void> => {
    while (performance.now() - start < ROUND_MS) {
      await room.append(intentDraft());
      entries += 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, caller));
  return (entries * 1000) / (performance.now() - start);
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
}

const rates: { rows: number[]; plain: number[] } = { rows: [], plain: [] };
/** Only while the log with rows has its turn: in the other's turn it would be quiet, and catch up at full speed. */
async function rateWithRows(): Promise<number> {
  const projection = await openRows();
  projection.start();
  const found = await rate(withRows);
  await projection.close();
  return found;
}

function openRows(): Promise<Projection> {
  return Projection.open({ ...ports, store, entries: withRows }, origin);
}

for (let round = 0; round < ROUNDS; round++) {
  if (round % 2 === 0) rates.plain.push(await rate(without));
  rates.rows.push(await rateWithRows());
  if (round % 2 === 1) rates.plain.push(await rate(without));
}
const projection = await openRows();
const [plain, rows] = [median(rates.plain), median(rates.rows)];
console.log(
  `append, 16 callers: ${plain.toFixed(0)}/s without rows, ${rows.toFixed(0)}/s while they are made: ${(rows / plain).toFixed(2)}x (bar ${BAR})`,
);

while (withRows.size() < ENTRIES) {
  await Promise.all(
    Array.from({ length: 500 }, (_, i) => withRows.append(i % 100 === 0 ? attemptDraft() : intentDraft())),
  );
}
const behind = withRows.size() - projection.indexedThrough;
const before = performance.now();
await projection.catchUp();
console.log(`rows of ${behind} entries: ${((behind * 1000) / (performance.now() - before)).toFixed(0)} entries/s`);

const asks: Readonly<Record<string, Partial<SearchAsk>>> = {
  "newest 100": {},
  "identity and answer, 1 in 100": { terms: { identity: ["clerk"], answer: ["deny"] } },
  "two words of one kind": { terms: { verb: ["execute", "view"], answer: ["deny", "challenge"] } },
  "a span of time": { after: instant(Date.now() - 3600_000), terms: { server: ["files"] } },
  "what nobody is called": { terms: { identity: ["nobody"] } },
};
for (const [name, ask] of Object.entries(asks)) {
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    await searchRows(store, origin, { tenant: "main", terms: {}, limit: 100, ...ask });
    times.push(performance.now() - start);
  }
  console.log(`${name}: ${median(times).toFixed(1)} ms of ${withRows.size()} entries`);
}
await projection.close();
await store.close();
await Promise.all([withRows.close(), without.close()]);
await rm(dir, { recursive: true });
if (rows / plain < BAR) process.exitCode = 1;
