// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeClock } from "../core/testing/system.ts";
import { lockDirectory } from "./lock.ts";

describe("the directory lock", () => {
  let dir = "";
  const ports = { clock: fakeClock() };
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "bailiwick-lock-"));
  });
  afterEach(async () => {
    await rm(dir, { recursive: true });
  });

  it("S9: a second holder is refused and told who holds it", async () => {
    await using first = await lockDirectory(dir, ports);
    const error: unknown = await lockDirectory(dir, ports).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "STORE_LOCKED" });
    expect(String(error)).toContain(
      `process ${process.pid} on ${hostname()} has held it since 2026-12-06T09:00:00.000Z`,
    );
    await first.release();
  });
  it("S9: the lock does not depend on what the holder wrote", async () => {
    await using first = await lockDirectory(dir, ports);
    await writeFile(path.join(dir, "lock.json"), "{ half");
    await expect(lockDirectory(dir, ports)).rejects.toThrow("left no readable lock.json");
    await rm(path.join(dir, "lock.json"));
    await expect(lockDirectory(dir, ports)).rejects.toMatchObject({ code: "STORE_LOCKED" });
    await first.release();
  });
  it("S9: a released lock can be taken, and releasing twice does nothing", async () => {
    const first = await lockDirectory(dir, ports);
    await first.release();
    await first.release();
    await expect(readFile(path.join(dir, "lock.json"))).rejects.toMatchObject({ code: "ENOENT" });
    await (await lockDirectory(dir, ports)).release();
  });
  it("S9: a lock that cannot be taken for another reason says which", async () => {
    await mkdir(path.join(dir, "lock.db"));
    await expect(lockDirectory(dir, ports)).rejects.toMatchObject({ code: "STORE_IO" });
  });
  it("S9: a lock.json that a killed process left is no lock", async () => {
    await writeFile(
      path.join(dir, "lock.json"),
      JSON.stringify({ pid: 1, host: "gone", started: "2026-01-01T00:00:00Z" }),
    );
    await using taken = await lockDirectory(dir, ports);
    expect(JSON.parse(await readFile(path.join(dir, "lock.json"), "utf8"))).toMatchObject({ pid: process.pid });
    await taken.release();
  });
});
