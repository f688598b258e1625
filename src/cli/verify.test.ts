// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type SmallLog, smallLog } from "./testing/log.ts";
import { createWorld, type World } from "./testing/world.ts";

const LOG = smallLog("localhost/log/main-1");

function lay(world: World, folder: string, log: SmallLog = LOG): void {
  for (const [file, content] of Object.entries(log.files)) world.write(path.join(folder, file), content);
  world.write("trust.policy", log.policy);
}

/** Changes one byte of a file. */
function spoil(world: World, file: string): void {
  const bytes = readFileSync(path.join(world.folder, file));
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 3) ^ 1, bytes.length - 3);
  writeFileSync(path.join(world.folder, file), bytes);
}

test("X15: a log that holds is exit 0, check by check", async () => {
  using world = createWorld();
  lay(world, "main-1");
  const { code, out, err } = await world.run("verify main-1 --policy trust.policy");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/^checked {2}main-1\n/);
  expect(out).toMatch(/\npassed {3}log-signature: signed by localhost\/log\/main-1\+/);
  expect(out).toMatch(/\nverdict {2}ok\n$/);
});

test("X15: one changed byte anywhere is exit 4 and says where", async () => {
  for (const file of Object.keys(LOG.files)) {
    using world = createWorld();
    lay(world, "main-1");
    spoil(world, `main-1/${file}`);
    const { code, out } = await world.run("verify main-1 --policy trust.policy");
    expect({ file, code }).toEqual({ file, code: 4 });
    expect(out).toMatch(/\nfailed /);
    expect(out).toMatch(/\nverdict {2}FAILED\n$/);
  }
});

test("X15: without a policy nothing says who signed, so it is exit 3, never 0", async () => {
  using world = createWorld();
  lay(world, "main-1");
  const { code, out } = await world.run("verify main-1");
  expect(code).toBe(3);
  expect(out).toMatch(/\nnot-run {2}log-signature: /);
  expect(out).toMatch(/\nverdict {2}not proven/);
});

test("verify: a folder of logs is every log in it, and one that lost its checkpoint does not pass unseen", async () => {
  using world = createWorld();
  lay(world, "record/main-1");
  world.write("record/keys/note.txt", "not a log");
  const whole = await world.run("verify record --policy trust.policy --json");
  expect(whole.code).toBe(0);
  expect(JSON.parse(whole.out)).toMatchObject({ ok: true, verdicts: [{ target: "record/main-1", ok: true }] });
  world.write("record/main-2/tile/0/000", "left over");
  const half = await world.run("verify record --policy trust.policy --json");
  expect(half.code).toBe(4);
  expect(JSON.parse(half.out)).toMatchObject({
    ok: false,
    verdicts: [{ ok: true }, { target: "record/main-2", ok: false }],
  });
});

test("verify: a proof file needs nothing else, and a changed one is exit 4", async () => {
  using world = createWorld();
  world.write("entry.tlog-proof", LOG.proof);
  world.write("trust.policy", LOG.policy);
  expect((await world.run("verify entry.tlog-proof --policy trust.policy")).code).toBe(0);
  expect((await world.run("verify entry.tlog-proof")).code).toBe(3);
  world.write("entry.tlog-proof", LOG.proof.replace("index 0", "index 1"));
  expect((await world.run("verify entry.tlog-proof --policy trust.policy")).code).toBe(4);
});

test("L34: a checkpoint alone is judged by its signatures, and by its age where one is asked for", async () => {
  using world = createWorld();
  lay(world, "main-1");
  expect((await world.run("verify main-1/checkpoint --policy trust.policy")).code).toBe(0);
  const { code, out } = await world.run("verify main-1/checkpoint --policy trust.policy --max-age 1h");
  expect(code).toBe(3); // an Ed25519 signature says no time
  expect(out).toMatch(/\nnot-run {2}age: /);
  expect((await world.run("verify main-1/checkpoint --policy trust.policy --max-age soon")).code).toBe(2);
});

test("verify: several targets are as good as the worst of them", async () => {
  using world = createWorld();
  lay(world, "main-1");
  world.write("entry.tlog-proof", LOG.proof);
  spoil(world, "main-1/tile/0/000.p/1");
  const { code, out } = await world.run("verify entry.tlog-proof main-1 --policy trust.policy --plain");
  expect(code).toBe(4);
  expect(out).toMatch(/^checked\tentry\.tlog-proof\n[^]*checked\tmain-1\n[^]*\nverdict\tFAILED\n$/);
});

test("verify: a key that signed another log is no key of this one", async () => {
  using world = createWorld();
  lay(world, "main-1");
  world.write("other.policy", smallLog("localhost/log/main-1").policy);
  expect((await world.run("verify main-1 --policy other.policy")).code).toBe(4);
});

test("X15: what cannot be read is exit 1, with what to name instead", async () => {
  using world = createWorld();
  lay(world, "main-1");
  world.write("bad.policy", "log nothing\n");
  world.write("empty/readme", "no log here");
  for (const words of [
    "verify nowhere",
    "verify empty",
    "verify main-1 --policy nowhere",
    "verify main-1 --policy bad.policy",
  ]) {
    expect(await world.run(words)).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("\nCLI_UNREADABLE\n") as string,
    });
  }
});
