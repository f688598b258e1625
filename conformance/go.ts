// SPDX-License-Identifier: Apache-2.0
// `npm run conformance:go [-- --sizes 1,256]`: logs of awkward sizes, read by a verifier in Go over golang.org/x/mod (Debian:
// golang-go golang-golang-x-mod-dev) and by ours. Both must agree on the root, on every entry and tile and on proofs of
// inclusion and growth, and both must find one flipped bit in each tile and bundle. The last line is JSON.
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { parseEntryIndex } from "../src/core/index.ts";
import { openRecord, type RecordRoom } from "../src/record/index.ts";
import { eventDraft } from "../src/record/testing/drafts.ts";
import { machineConfig, machinePorts } from "../src/record/testing/machine.ts";
import { parseProof, policyOf, verifyLog } from "../src/record/verify/index.ts";
import { folderSource } from "../test/faults/record/check.ts";

const SIZES = "1,255,256,257,65535,65536,65537,70000";
/** Files of a large log in which a bit is flipped; all of a small one. */
const FLIPS_MAX = 24;
const PROOFS = 60;
const CALLERS = 256;

export interface Agreement {
  readonly sizes: readonly number[];
  readonly proofs: number;
  readonly flips: number;
  readonly failures: readonly string[];
}

/** Builds the Go verifier. @returns its path, or why there is none */
export function buildVerifier(dir: string): { readonly program: string } | { readonly why: string } {
  const program = path.join(dir, "verifylog");
  const source = path.join(import.meta.dirname, "go", "verifylog.go");
  const env = {
    PATH: "/usr/bin:/bin",
    HOME: dir,
    GO111MODULE: "off",
    GOPATH: "/usr/share/gocode",
    GOCACHE: path.join(dir, "cache"),
  };
  const { status, stderr, error } = spawnSync("go", ["build", "-o", program, source], { env, encoding: "utf8" });
  if (status === 0) return { program };
  return { why: error?.message ?? stderr.split("\n").slice(0, 3).join(" ") };
}

/** One log that grows through these sizes, looked at by both verifiers at each. */
export async function agree(program: string, sizes: readonly number[]): Promise<Agreement> {
  const dir = mkdtempSync(path.join(tmpdir(), "bw-go-"));
  const failures: string[] = [];
  let [proofs, flips] = [0, 0];
  const room = await openRecord(machinePorts(), machineConfig(path.join(dir, "record"), { checkpointMs: 60_000 }));
  const { vkey } = room.status();
  const sorted = [...new Set(sizes)].toSorted((a, b) => a - b);
  for (const size of sorted) {
    await grow(room, size);
    await room.checkpoint();
    const folder = path.join(dir, "published");
    rmSync(folder, { recursive: true, force: true });
    for (const part of ["checkpoint", "tile"]) {
      cpSync(path.join(dir, "record", "main-1", part), path.join(folder, part), { recursive: true });
    }
    const asked = await proofsOf(room, size, sorted);
    proofs += asked.length;
    const file = path.join(dir, "proofs.json");
    writeFileSync(file, JSON.stringify(asked));
    const judged = spawnSync(program, [folder, vkey, file], { encoding: "utf8" });
    if (judged.status !== 0) failures.push(`size ${size}: Go says ${judged.stdout || judged.stderr}`);
    if (!verifyLog(folderSource(folder), policyOf(vkey)).ok) failures.push(`size ${size}: ours says no`);
    flips += flipEach(folder, { program, vkey }, failures);
  }
  await room.close();
  rmSync(dir, { recursive: true });
  return { sizes: sorted, proofs, flips, failures };
}

async function grow(room: RecordRoom, size: number): Promise<void> {
  while (room.size() < size) {
    const count = Math.min(CALLERS, size - room.size());
    await Promise.all(Array.from({ length: count }, (_, n) => room.append(eventDraft({ n }))));
  }
}

/** Proofs of some entries under the checkpoint of this size, and of growth from sizes before to it. */
async function proofsOf(room: RecordRoom, size: number, sizes: readonly number[]): Promise<readonly object[]> {
  const indexes = new Set([0, size - 1, size >> 1, ...Array.from({ length: PROOFS }, () => randomInt(size))]);
  const asked: object[] = [];
  for (const index of indexes) {
    const { path: hashes } = parseProof(await room.prove(index));
    const [found] = await room.find(parseEntryIndex(index));
    const leaf = Buffer.from(found?.ref.leaf ?? "", "base64url").toString("base64");
    asked.push({ kind: "inclusion", index, leaf, hashes: hashes.map(base64) });
  }
  for (const old of new Set([...sizes.filter((one) => one <= size), 1 + randomInt(size)])) {
    asked.push({ kind: "growth", old, new: size, hashes: (await room.proveGrowth(old, size)).map(base64) });
  }
  return asked;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** Flips a bit of each file in turn. @returns how many */
function flipEach(folder: string, by: { readonly program: string; readonly vkey: string }, failures: string[]): number {
  const source = folderSource(folder);
  // a partial tile of a size before is no part of this one
  const { stdout } = spawnSync(by.program, [folder, by.vkey], { encoding: "utf8" });
  if (!stdout.startsWith("{")) return 0;
  const needed = source.list().filter((name) => name.startsWith("tile/") && isNeeded(name, source.list()));
  const step = Math.max(1, Math.floor(needed.length / FLIPS_MAX));
  const chosen = needed.filter((_, i) => i % step === 0);
  for (const name of chosen) {
    const file = path.join(folder, name);
    const whole = readFileSync(file);
    const changed = Buffer.from(whole);
    const at = randomInt(whole.length);
    changed.writeUInt8(changed.readUInt8(at) ^ (1 << randomInt(8)), at);
    writeFileSync(file, changed);
    if (spawnSync(by.program, [folder, by.vkey]).status !== 1) failures.push(`Go does not find a bit of ${name}`);
    if (verifyLog(folderSource(folder), policyOf(by.vkey)).ok) failures.push(`ours does not find a bit of ${name}`);
    writeFileSync(file, whole);
  }
  return chosen.length;
}

/** Is this file one of the newest size: no partial tile beside a wider one, or beside the full one? */
function isNeeded(name: string, all: readonly string[]): boolean {
  const [, tile, width] = /^(.*)\.p\/(\d+)$/.exec(name) ?? [];
  if (tile === undefined) return true;
  const others = all.filter((one) => one.startsWith(`${tile}.p/`)).map((one) => Number(one.slice(tile.length + 3)));
  return !all.includes(tile) && Number(width) === Math.max(...others);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { sizes: { type: "string", default: SIZES } } });
  const dir = mkdtempSync(path.join(tmpdir(), "bw-gobuild-"));
  const built = buildVerifier(dir);
  const sizes = [...values.sizes.split(",").map(Number), 2 + randomInt(70_000), 2 + randomInt(5000)];
  const { failures, ...figures } =
    "program" in built ? await agree(built.program, sizes) : { failures: [`not run: no Go verifier: ${built.why}`] };
  rmSync(dir, { recursive: true, force: true });
  for (const line of failures) console.error(line);
  const passed = "sizes" in figures && failures.length === 0 ? figures.sizes.length : 0;
  console.log(JSON.stringify({ name: "conformance/go", figures, ratios: {}, passed, failed: failures.length }));
  process.exitCode = failures.length === 0 ? 0 : 1;
}

if (import.meta.main) await main();
