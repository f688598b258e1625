// SPDX-License-Identifier: Apache-2.0
// The whole server, killed at random moments while a client reads and writes what nobody has to be asked about: every answer
// that the client got is in the record, no effect is without its intent, no program outlives it, the log verifies, and the
// next process goes on. `npm run faults:kill` does it as often as it is told.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { killRounds } from "./kill-rounds.ts";

const ROUNDS = 4;

test("section 4: kill -9 of the server under load loses no answer and leaves no effect without its intent", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-kill-"));
  const killed = await killRounds(dir, ROUNDS);
  expect(killed.wrong).toEqual([]);
  expect(killed.written).toBeGreaterThan(ROUNDS);
  expect(killed.read).toBeGreaterThan(ROUNDS);
  console.info(`${ROUNDS} kills: ${killed.written} writes, ${killed.read} reads acknowledged, ${killed.files} files`);
  rmSync(dir, { recursive: true });
}, 300_000);
