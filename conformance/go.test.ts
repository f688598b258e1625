// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { agree, buildVerifier } from "./go.ts";

const dir = mkdtempSync(path.join(tmpdir(), "bw-gobuild-"));
const built = buildVerifier(dir);
const program = "program" in built ? built.program : "";

afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.skipIf(program === "")(
  "L36: a verifier in another language agrees, and finds every flipped bit too (skipped means NOT RUN: no golang-go, or no golang-golang-x-mod-dev)",
  async () => {
    const { sizes, proofs, flips, failures } = await agree(program, [1, 255, 256, 257, 600]);
    expect(failures).toEqual([]);
    expect(sizes).toEqual([1, 255, 256, 257, 600]);
    expect(proofs).toBeGreaterThan(100);
    expect(flips).toBeGreaterThan(15);
  },
);
