// SPDX-License-Identifier: Apache-2.0
import path from "node:path";
import { expect, test } from "vitest";
import { conform, merkleFiles } from "./merkle.ts";

const configured = process.env["BAILIWICK_VECTORS"]; // oxlint-disable-line node/no-process-env -- where the vectors are is the machine's to say
const files = merkleFiles(configured ?? path.join(import.meta.dirname, "..", "..", "shared", "vectors"));
const present = files.some((set) => set.paths.some((name) => name.startsWith("inclusion/")));

test.skipIf(!present)("L18: proofs are judged as RFC 9162 does (skipped means NOT RUN: no Merkle vectors)", () => {
  const { cases, failures } = conform(files);
  expect(failures).toEqual([]);
  for (const count of Object.values(cases)) expect(count).toBeGreaterThan(50);
});

/** A tree of one entry, whose leaf is its root. */
function single(wantErr: boolean): Uint8Array {
  const hash = Buffer.alloc(32).toString("base64");
  return Buffer.from(JSON.stringify({ leafIdx: 0, treeSize: 1, root: hash, leafHash: hash, proof: null, wantErr }));
}

test("L18: a proof that is judged wrong is a failure", () => {
  const content = new Map([
    ["inclusion/right.json", single(false)],
    ["inclusion/wrong.json", single(true)],
    ["README.md", single(false)],
  ]);
  const set = { name: "set", paths: [...content.keys()], read: (name: string) => content.get(name) };
  expect(conform([set])).toEqual({
    cases: { inclusion: 2, consistency: 0, subtreeinclusion: 0, subtreeconsistency: 0 },
    failures: ["set: inclusion/wrong.json: answered valid"],
  });
});
