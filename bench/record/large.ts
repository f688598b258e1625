// SPDX-License-Identifier: Apache-2.0
// `npm run bench:record-large [-- --entries 100000]`: a log of a million entries. How long it takes to open, whether memory stays
// flat while it grows, what a proof and its verification cost, and how fast every byte of it is checked, beside sha256sum over
// the same bundles. Ratios are of one run on one machine; bars in seconds are those of the specification.
import { spawnSync } from "node:child_process";
import { generateKeyPairSync, hash, sign, verify } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { openRecord } from "../../src/record/index.ts";
import { wholeDraft } from "../../src/record/testing/drafts.ts";
import { machineConfig, machinePorts } from "../../src/record/testing/machine.ts";
import { parsePolicy, verifyLog, verifyProof } from "../../src/record/verify/index.ts";
import { folderSource } from "../../test/faults/record/check.ts";

const { values } = parseArgs({ options: { entries: { type: "string", default: "1000000" }, dir: { type: "string" } } });
const ENTRIES = Number(values.entries);
const CALLERS = 256;
const PROOFS = 200;
const MIB = 2 ** 20;

const root = mkdtempSync(path.join(values.dir ?? tmpdir(), "bailiwick-large-"));
const config = machineConfig(root);
const folder = path.join(root, "main-1");

/** UNIT: ms. */
async function timed<T>(work: () => T | Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const start = performance.now();
  const value = await work();
  return { ms: performance.now() - start, value };
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
const short = (value: number): number => Number(value.toPrecision(3));

/** Appends until the log has this many entries. @returns UNIT: MiB of memory at a tenth of the way, and at the end */
async function fill(): Promise<{ readonly early: number; readonly late: number }> {
  const room = await openRecord(machinePorts(), config);
  let left = ENTRIES - room.size();
  let early = 0;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await room.append(wholeDraft());
      if (early === 0 && room.size() > ENTRIES / 10) early = process.memoryUsage().rss / MIB;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const late = process.memoryUsage().rss / MIB;
  await room.close();
  return { early, late };
}

const memory = await fill();
const { ms: startMs, value: room } = await timed(() => openRecord(machinePorts(), config));
const trust = parsePolicy(Buffer.from(room.trustPolicy()));
const [proveMs, verifyMs]: [number[], number[]] = [[], []];
for (let i = 0; i < PROOFS; i++) {
  const proved = await timed(() => room.prove(Math.floor((i * ENTRIES) / PROOFS)));
  const judged = await timed(() => verifyProof(proved.value, trust));
  if (!judged.value.ok) throw new Error("a proof of this log does not verify");
  proveMs.push(proved.ms);
  verifyMs.push(judged.ms);
}
await room.close();

/** What nobody can do without: the checks of the two signatures, and 40 hashes. */
async function leastVerify(): Promise<number> {
  const text = Buffer.alloc(200, "x");
  const keys = [generateKeyPairSync("ed25519"), generateKeyPairSync("ml-dsa-44")];
  const signed = keys.map(({ privateKey, publicKey }) => ({ publicKey, signature: sign(null, text, privateKey) }));
  const runs: number[] = [];
  for (let i = 0; i < PROOFS; i++) {
    const { ms } = await timed(() => {
      for (const { publicKey, signature } of signed) verify(null, text, publicKey, signature);
      for (let n = 0; n < 40; n++) hash("sha256", text.subarray(0, 65));
    });
    runs.push(ms);
  }
  return median(runs);
}

const least = await leastVerify();
const bundles = path.join(folder, "tile", "entries");
const sums = await timed(() =>
  spawnSync("sh", ["-c", 'find "$1" -type f -exec sha256sum {} + >/dev/null', "sh", bundles]),
);
const fsck = await timed(() => verifyLog(folderSource(folder), trust));
if (!fsck.value.ok) throw new Error("the log does not verify");
rmSync(root, { recursive: true });

const figures = {
  entries: ENTRIES,
  startMs: Math.round(startMs),
  rssMiB: { early: Math.round(memory.early), late: Math.round(memory.late) },
  proveMs: short(median(proveMs)),
  verifyMs: short(median(verifyMs)),
  leastVerifyMs: short(least),
  fsckMs: Math.round(fsck.ms),
  sha256sumMs: Math.round(sums.ms),
};
/** Ratio, and the bar it must keep. */
const bars: readonly (readonly [name: string, ratio: number, isKept: (ratio: number) => boolean])[] = [
  ["start of a million entries in s (<= 2)", (startMs / 1000) * (1e6 / ENTRIES), (r) => r <= 2],
  ["memory at the end / at a tenth (<= 1.5)", memory.late / memory.early, (r) => r <= 1.5],
  ["warm proof in ms (<= 5)", median(proveMs), (r) => r <= 5],
  ["verify / least work (<= 1.5)", median(verifyMs) / least, (r) => r <= 1.5],
  ["fsck / sha256sum of the bundles, speed (>= 0.5)", sums.ms / fsck.ms, (r) => r >= 0.5],
];
const passed = bars.filter(([, ratio, isKept]) => isKept(ratio)).length;
const ratios = Object.fromEntries(bars.map(([name, ratio]) => [name, short(ratio)]));
console.log(JSON.stringify({ name: "record large", figures, ratios, passed, failed: bars.length - passed }));
process.exitCode = passed === bars.length ? 0 : 1;
