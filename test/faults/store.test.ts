// SPDX-License-Identifier: Apache-2.0
// The store under kill -9, a second process, and a full disk: what was acknowledged is there.
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Child, found, numbers, WRITER, writer } from "./writer-child.ts";

const ROUNDS = Number(process.env["BAILIWICK_KILLS"] ?? "8"); // oxlint-disable-line node/no-process-env -- how long a run may take is the caller's to say

describe("the store under faults", () => {
  let dir = "";
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "bailiwick-faults-"));
  });
  afterEach(async () => {
    await rm(dir, { recursive: true, force: true });
  });

  it(`F1: after kill -9 every acknowledged row is there, and at most the one in flight (${ROUNDS} times)`, async () => {
    let acknowledged = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const child = writer(dir);
      const rows = found(await child.said("found"));
      expect([acknowledged, acknowledged + 1]).toContain(rows.length);
      expect(rows).toEqual(numbers(rows.length));
      await child.said("wrote");
      await sleep(5 + ((round * 37) % 120));
      await child.kill();
      acknowledged = (child.wrote().at(-1) ?? 0) + 1;
    }
    expect(acknowledged).toBeGreaterThan(ROUNDS);
  });

  it("F10: a second process is refused and told who holds the directory; after kill -9 it gets it", async () => {
    const first = writer(dir);
    await first.said("wrote");
    const second = writer(dir);
    const holder = `process ${first.process.pid} on .+ has held it since \\d{4}-.+Z`;
    expect(await second.said("fault")).toMatch(new RegExp(`^fault STORE_LOCKED .*${holder}$`));
    await second.ended;
    await first.kill();
    const third = writer(dir);
    expect(found(await third.said("found")).length).toBeGreaterThan(0);
    await third.kill();
  });
});

const namespaces = spawnSync("unshare", ["-Urm", "true"]).status === 0;
describe.skipIf(!namespaces)("the store on a full disk (not run where unshare may not mount)", () => {
  it("F3: the write that finds no room fails by name, and every acknowledged row is there afterwards", async () => {
    const mount = await mkdtemp(path.join(tmpdir(), "bailiwick-full-"));
    const script = `mount -t tmpfs -o size=8m none "$1" && mkdir "$1/data" && head -c 1000000 /dev/zero > "$1/neighbour"
      "$2" "$3" "$1/data"; rm "$1/neighbour"; "$2" "$3" "$1/data"`;
    const child = new Child("unshare", ["-Urm", "sh", "-c", script, "sh", mount, process.execPath, WRITER]);
    await child.ended;
    await rm(mount, { recursive: true });
    const [first, second] = child.lines.filter((l) => l.startsWith("found"));
    expect(first).toBe("found ");
    expect(await child.said("fault")).toMatch(/^fault STORE_FULL /);
    const acknowledged = child.lines.slice(0, child.lines.indexOf(second ?? "")).filter((l) => l.startsWith("wrote"));
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(found(second ?? "")).toEqual(numbers(acknowledged.length));
  });
});
