// SPDX-License-Identifier: Apache-2.0
// `node conformance/merkle.ts [--vectors DIR]`: the Merkle proof vectors of transparency-dev/merkle that DIR holds, put to
// the verifier. Subtree proofs are not built here, so their cases are counted as skipped. The last line is JSON.
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { isJsonArray, type Json, member, parseJson, RawNumber } from "../src/core/index.ts";
import { verifyConsistency, verifyInclusion } from "../src/record/verify/index.ts";
import { type FileSet, fileSets } from "./cedar/files.ts";

export interface Tally {
  readonly cases: Readonly<Record<"inclusion" | "consistency", number>>;
  /** Cases of kinds of proof that are not built. */
  readonly skipped: number;
  readonly failures: readonly string[];
}

/** Archives and files under `folder`, or under `merkle` in it. */
export function merkleFiles(folder: string): readonly FileSet[] {
  const below = path.join(folder, "merkle");
  return fileSets(existsSync(below) ? below : folder);
}

/** Puts every case to the verifier. */
export function conform(sets: readonly FileSet[]): Tally {
  const cases = { inclusion: 0, consistency: 0 };
  const failures: string[] = [];
  let skipped = 0;
  for (const set of sets) {
    for (const name of set.paths.filter((one) => one.endsWith(".json"))) {
      const [, kind] = /(?:^|\/)((?:subtree)?(?:inclusion|consistency))\//.exec(name) ?? [];
      if (kind === "inclusion" || kind === "consistency") {
        const json = parseJson(set.read(name) ?? new Uint8Array());
        const isValid = kind === "inclusion" ? inclusion(json) : consistency(json);
        cases[kind] += 1;
        if (isValid === member(json, "wantErr"))
          failures.push(`${set.name}: ${name}: answered ${isValid ? "valid" : "invalid"}`);
      } else if (kind !== undefined) skipped += 1;
    }
  }
  return { cases, skipped, failures };
}

function inclusion(json: Json): boolean {
  return verifyInclusion({
    index: integer(json, "leafIdx"),
    size: integer(json, "treeSize"),
    leaf: bytes(member(json, "leafHash")),
    root: bytes(member(json, "root")),
    path: hashes(json),
  });
}

function consistency(json: Json): boolean {
  return verifyConsistency({
    oldSize: integer(json, "size1"),
    newSize: integer(json, "size2"),
    oldRoot: bytes(member(json, "root1")),
    newRoot: bytes(member(json, "root2")),
    path: hashes(json),
  });
}

/** Indexes go up to 2^64-1: the reader keeps what a double would round. */
function integer(json: Json, name: string): bigint {
  const value = member(json, name);
  if (value instanceof RawNumber) return BigInt(value.lexeme);
  if (typeof value === "number") return BigInt(value);
  throw new Error(`${name}: not a number`);
}

/** The proof; `null` and `[]` both mean an empty one. */
function hashes(json: Json): readonly Uint8Array[] {
  const proof = member(json, "proof");
  return isJsonArray(proof) ? proof.map(bytes) : [];
}

function bytes(json: Json | undefined): Uint8Array {
  return Buffer.from(typeof json === "string" ? json : "", "base64");
}

function main(): void {
  const { values } = parseArgs({ options: { vectors: { type: "string" } } });
  const configured = process.env["BAILIWICK_VECTORS"]; // oxlint-disable-line node/no-process-env -- a program, not a room
  const folder = values.vectors ?? configured ?? path.join(import.meta.dirname, "..", "..", "shared", "vectors");
  const { cases, skipped, failures } = conform(merkleFiles(folder));
  const run = cases.inclusion + cases.consistency;
  for (const line of failures) console.error(line);
  if (run === 0) console.error(`not run: no Merkle proofs under ${folder}`);
  const figures = { ...cases, skipped };
  const [passed, failed] = [run - failures.length, failures.length];
  console.log(JSON.stringify({ name: "conformance/merkle", figures, ratios: {}, passed, failed }));
  process.exitCode = run > 0 && failed === 0 ? 0 : 1;
}

if (import.meta.main) main();
