// SPDX-License-Identifier: Apache-2.0
// The store on PostgreSQL under kill -9 of ourselves, and of the server: what was acknowledged is there.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { testDatabase } from "../../src/store/testing/postgres.ts";
import { onPostgres } from "../support/postgres.ts";
import { Cluster, serverPrograms } from "./cluster.ts";
import { found, numbers, writer } from "./writer-child.ts";

const ROUNDS = Number(process.env["BAILIWICK_KILLS"] ?? "6"); // oxlint-disable-line node/no-process-env -- how long a run may take is the caller's to say

onPostgres("the store on PostgreSQL under faults", (server) => {
  describe("the store on PostgreSQL under faults", () => {
    it(`F1: after kill -9 every acknowledged row is there, and at most the one in flight (${ROUNDS} times)`, async () => {
      const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-faults-"));
      await using database = await testDatabase(server);
      let acknowledged = 0;
      for (let round = 0; round <= ROUNDS; round++) {
        const child = writer(dir, database.url);
        const rows = found(await child.said("found"));
        expect([acknowledged, acknowledged + 1]).toContain(rows.length);
        expect(rows).toEqual(numbers(rows.length));
        await child.said("wrote");
        await sleep(5 + ((round * 37) % 120));
        await child.kill();
        acknowledged = (child.wrote().at(-1) ?? 0) + 1;
      }
      expect(acknowledged).toBeGreaterThan(ROUNDS);
      await rm(dir, { recursive: true });
    });
  });
});

const bin = serverPrograms();
describe.skipIf(bin === undefined)("the server under the store (not run where there is no pg_ctl)", () => {
  it("F5: pg_ctl restart -m immediate under load: the writer goes on, and nothing acknowledged is lost", async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-faults-"));
    await using cluster = await Cluster.open(bin ?? "");
    const child = writer(dir, cluster.url);
    await child.said("wrote");
    for (let round = 0; round < 3; round++) {
      await sleep(20 + ((round * 53) % 90));
      const before = child.wrote().length;
      cluster.restartImmediately();
      // more than what was on its way: it writes again
      const said = (): number => child.wrote().length + 2 * child.faults().length;
      await expect.poll(said, { timeout: 50_000 }).toBeGreaterThan(before + 1);
    }
    expect(child.faults()).toEqual([]);
    await child.kill();
    const acknowledged = (child.wrote().at(-1) ?? 0) + 1;
    expect(child.wrote()).toEqual(numbers(acknowledged));
    const next = writer(dir, cluster.url);
    const rows = found(await next.said("found"));
    await next.kill();
    expect([acknowledged, acknowledged + 1]).toContain(rows.length);
    expect(rows).toEqual(numbers(rows.length));
    await rm(dir, { recursive: true });
  }, 180_000);
});
