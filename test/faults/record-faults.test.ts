// SPDX-License-Identifier: Apache-2.0
// A few of each of the faults that `npm run faults:record` makes by the hundred.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { fakeLog } from "../../src/core/testing/system.ts";
import { RECORD_SCHEMA } from "../../src/record/index.ts";
import { machinePorts } from "../../src/record/testing/machine.ts";
import { openStore } from "../../src/store/index.ts";
import { findPostgres, openTestPostgres, testDatabase } from "../../src/store/testing/postgres.ts";
import { CALLS, canInject, injectAll } from "./record/inject.ts";
import { cutPower, recordLife, withoutSync } from "./record/power.ts";
import { clockRound, flipRounds, killRounds, restoreRound } from "./record/rounds.ts";

/** UNIT: ms. Each life is a process, on a machine that has others. */
const LIVES_MS = 240_000;
/** Every how many calls of a life one is failed. */
const STEP = 23;
const canTrace = canInject();

test("L11: killed while it opens or works, the log has all that was acknowledged", { timeout: LIVES_MS }, async () => {
  expect(await killRounds(3)).toEqual({ rounds: 3, wrong: [] });
});

test.skipIf(!canTrace)(
  "L9: whatever a disk keeps when its power is cut, the log has all that was acknowledged; without a sync it has not (skipped means NOT RUN: no strace)",
  { timeout: LIVES_MS },
  async () => {
    const life = recordLife();
    expect(await cutPower(life, 20, 1)).toMatchObject({ cuts: 20, wrong: [] });
    expect((await cutPower(withoutSync(life), 10, 1)).wrong).not.toEqual([]);
  },
);

test.skipIf(!canTrace)(
  "L10: a system call that fails, or is the last one, costs no acknowledged entry (skipped means NOT RUN: no strace)",
  { timeout: LIVES_MS },
  async () => {
    const { lives, wrong } = await injectAll(CALLS, ["EIO", "SIGKILL"], STEP);
    expect(wrong).toEqual([]);
    expect(lives).toBeGreaterThan(8);
  },
);

test("L20: a bit that flips in any file of the log is found, and its file is named", async () => {
  expect(await flipRounds(30)).toEqual({ rounds: 30, wrong: [] });
});

test("L2: an hour back, between two lives and within one, and no entry is older than the one before it", async () => {
  expect(await clockRound()).toEqual({ rounds: 2, wrong: [] });
});

test("L24: an old copy of the log is refused by a guard in a file, and by one in a database", async () => {
  expect(await restoreRound("file")).toEqual({ rounds: 1, wrong: [] });
  const dir = mkdtempSync(path.join(tmpdir(), "bw-guard-"));
  {
    await using store = await openStore({ dir, schemas: [RECORD_SCHEMA] }, { ...machinePorts(), log: fakeLog() });
    expect(await restoreRound("sql", store)).toEqual({ rounds: 1, wrong: [] });
  }
  rmSync(dir, { recursive: true });
});

const postgres = await findPostgres();

test.skipIf("why" in postgres)(
  "L24: an old copy of the log is refused by a guard on PostgreSQL (skipped means NOT RUN: no server answers)",
  async () => {
    const dir = mkdtempSync(path.join(tmpdir(), "bw-guard-"));
    await using database = await testDatabase("url" in postgres ? postgres.url : "");
    const store = await openTestPostgres(dir, database.url, [RECORD_SCHEMA]);
    expect(await restoreRound("sql", store)).toEqual({ rounds: 1, wrong: [] });
    await store.close();
    rmSync(dir, { recursive: true });
  },
);
