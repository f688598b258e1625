// SPDX-License-Identifier: Apache-2.0
// `node conformance/merkle.ts [--vectors DIR]`: the Merkle proof vectors of transparency-dev/merkle that DIR holds, put to
// the verifier. The last line is JSON.
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { isJsonArray, type Json, member, parseJson, RawNumber } from "../src/core/index.ts";
import {
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
} from "../src/record/verify/index.ts";
import { type FileSet, fileSets } from "./cedar/files.ts";

type Kind = "inclusion" | "consistency" | "subtreeinclusion" | "subtreeconsistency";

export interface Tally {
  readonly cases: Readonly<Record<Kind, number>>;
  readonly failures: readonly string[];
}

const JUDGES: Readonly<Record<Kind, (json: Json) => boolean>> = {
  inclusion,
  consistency,
  subtreeinclusion: subtreeInclusion,
  subtreeconsistency: subtreeConsistency,
};

/** Archives and files under `folder`, or under `merkle` in it. */
export function merkleFiles(folder: string): readonly FileSet[] {
  const below = path.join(folder, "merkle");
  return fileSets(existsSync(below) ? below : folder);
}

/** Puts every case to the verifier. */
export function conform(sets: readonly FileSet[]): Tally {
  const cases: Record<Kind, number> = { inclusion: 0, consistency: 0, subtreeinclusion: 0, subtreeconsistency: 0 };
  const failures: string[] = [];
  for (const set of sets) {
    for (const name of set.paths.filter((one) => one.endsWith(".json"))) {
      const kind = kindOf(name);
      if (kind === undefined) continue;
      const json = parseJson(set.read(name) ?? new Uint8Array());
      const isValid = JUDGES[kind](json);
      cases[kind] += 1;
      if (isValid === member(json, "wantErr")) {
        failures.push(`${set.name}: ${name}: answered ${isValid ? "valid" : "invalid"}`);
      }
    }
  }
  return { cases, failures };
}

/** The folder of a case is its kind. */
function kindOf(name: string): Kind | undefined {
  const folders = name.split("/");
  return (Object.keys(JUDGES) as Kind[]).find((kind) => folders.includes(kind));
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

function subtreeInclusion(json: Json): boolean {
  return verifySubtreeInclusion({
    index: integer(json, "leafIdx"),
    start: integer(json, "start"),
    end: integer(json, "end"),
    leaf: bytes(member(json, "leafHash")),
    root: bytes(member(json, "root")),
    path: hashes(json),
  });
}

function subtreeConsistency(json: Json): boolean {
  return verifySubtreeConsistency({
    start: integer(json, "start"),
    end: integer(json, "end"),
    size: integer(json, "size"),
    subtreeRoot: bytes(member(json, "root1")),
    root: bytes(member(json, "root2")),
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
  const { cases, failures } = conform(merkleFiles(folder));
  const run = Object.values(cases).reduce((sum, count) => sum + count, 0);
  for (const line of failures) console.error(line);
  if (run === 0) console.error(`not run: no Merkle proofs under ${folder}`);
  const figures = cases;
  const [passed, failed] = [run - failures.length, failures.length];
  console.log(JSON.stringify({ name: "conformance/merkle", figures, ratios: {}, passed, failed }));
  process.exitCode = run > 0 && failed === 0 ? 0 : 1;
}

if (import.meta.main) main();
