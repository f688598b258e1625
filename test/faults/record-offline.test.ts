// SPDX-License-Identifier: Apache-2.0
// The commands on the record of a stopped server, over a real folder.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { createWorld, type World } from "../../src/cli/testing/world.ts";
import { openRecord } from "../../src/record/index.ts";
import { eventDraft } from "../../src/record/testing/drafts.ts";
import { machineConfig, machinePorts } from "../../src/record/testing/machine.ts";
import { whileStopped } from "../../src/server/index.ts";

/** A data folder with a log of 301 entries in it, as a server leaves it. */
async function lay(world: World): Promise<string> {
  const data = path.join(world.folder, "data");
  const room = await openRecord(machinePorts(), machineConfig(path.join(data, "record")));
  await Promise.all(Array.from({ length: 300 }, (_, n) => room.append(eventDraft({ n }))));
  await room.close();
  writeFileSync(path.join(data, "trust.policy"), room.trustPolicy());
  return path.join(data, "record", "main-1");
}

test("L20: fsck of a sound record is exit 0; what is damaged is named, exit 4, and rebuild makes it again", async () => {
  using world = createWorld();
  const log = await lay(world);
  const sound = await world.run("record fsck --json");
  expect(sound.code).toBe(0);
  expect(JSON.parse(sound.out)).toMatchObject({ ok: true, logs: [{ log: "main-1", ok: true }] });

  const tile = path.join(log, "tile", "0", "000");
  const whole = readFileSync(tile);
  writeFileSync(tile, Buffer.from(whole).fill(0, 8191));
  rmSync(path.join(log, "tile", "entries", "001.p"), { recursive: true });
  const damaged = await world.run("record fsck");
  expect(damaged.code).toBe(4);
  expect(damaged.out).toMatch(/\nverdict {2}DAMAGED: npx bailiwick record rebuild /);

  const rebuilt = await world.run("record rebuild");
  expect(rebuilt.code).toBe(0);
  expect(rebuilt.out).toMatch(/main-1: 301 entries from its journal\n/);
  expect(rebuilt.out).toMatch(/\nwritten {3}tile\/entries\/001\.p\/45\nreplaced {2}tile\/0\/000\n$/);
  expect(readFileSync(tile)).toEqual(whole);
  expect((await world.run("record fsck")).code).toBe(0);
});

test("L20: without a key to trust fsck is exit 3, and in a folder without a log exit 1", async () => {
  using world = createWorld();
  await lay(world);
  rmSync(path.join(world.folder, "data", "trust.policy"));
  expect((await world.run("record fsck")).code).toBe(3);
  expect((await world.run("record fsck --data elsewhere")).code).toBe(1);
});

test("L13: what a server has open is neither checked nor changed", async () => {
  using world = createWorld();
  await lay(world);
  await whileStopped(path.join(world.folder, "data"), async () => {
    for (const command of ["record fsck", "record rebuild"]) {
      const { code, err } = await world.run(command);
      expect({ command, code }).toEqual({ command, code: 1 });
      expect(err).toContain("STORE_LOCKED");
    }
  });
});

test("L25: adopt closes a log and says what to set", async () => {
  using world = createWorld();
  await lay(world);
  world.write("bailiwick.yaml", "dataDir: ./data\npolicies:\n  dir: ./policies\n");
  const { code, out, err } = await world.run("record adopt main-2");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/gate\.example\/log\/main-1: 301 entries were signed, 301 are there\n/);
  expect(out).toContain("set record.name: main-2 in bailiwick.yaml");
  const opening = openRecord(machinePorts(), machineConfig(path.join(world.folder, "data", "record")));
  await expect(opening).rejects.toThrow("was closed for ever by `record adopt`");
  expect((await world.run("record adopt main-2")).err).toContain("`main-2` is there already");
});
