// SPDX-License-Identifier: Apache-2.0
import { basename, dirname } from "node:path";
import { expect, test } from "vitest";
import { fakeCustody } from "../testing/custody.ts";
import { adminDraft, eventDraft, intentDraft } from "../testing/drafts.ts";
import type { LyingFs } from "../testing/lying-fs.ts";
import { entriesOf, folderOf, memoryFs, openTestRecord, type TestRecord, wordsOf } from "../testing/rooms.ts";
import { policyOf, verifyLog } from "../verify/index.ts";

const GUARD = "/guard/main-1";
const settings = { guard: `file:${GUARD}` };

async function guardedFs(options: Parameters<typeof memoryFs>[0] = {}): Promise<LyingFs> {
  const fs = memoryFs(options);
  await fs.makeDir("/guard");
  return fs;
}

function note(fs: LyingFs, path = GUARD): string {
  return Buffer.from(fs.files(dirname(path)).get(basename(path)) ?? []).toString();
}

/** Puts a copy of the log's folder that was taken before in its place. */
async function restore(fs: LyingFs, copy: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await fs.remove("/data/main-1");
  for (const [path, bytes] of copy) {
    await fs.makeDir(`/data/main-1/${path}`.replace(/\/[^/]*$/, ""));
    await (await fs.create(`/data/main-1/${path}`)).write(bytes, 0);
  }
}

const copied = (fs: LyingFs): Map<string, Uint8Array> =>
  new Map([...folderOf(fs).files].map(([path, bytes]) => [path, bytes.slice()]));

test("L22: the guard has every head before the world has it", async () => {
  const seen: string[] = [];
  const fs = await guardedFs({ fault: (_, operation) => void seen.push(operation) });
  const { room } = await openTestRecord({ fs, settings });
  expect(room.status()).toMatchObject({ state: "open", rollback: "detected by the guard" });
  await room.append(eventDraft());
  expect(await room.checkpoint()).toBe(note(fs));
  expect(note(fs)).toContain("\n2\n");
  await room.close();
});

test("L24: an old copy of the folder is refused by the guard, and both heads are named", async () => {
  const fs = await guardedFs();
  const before = await openTestRecord({ fs, settings });
  await before.room.close();
  const copy = copied(fs);
  const { room } = await openTestRecord({ fs, settings });
  await room.append(eventDraft());
  await room.close();
  await restore(fs, copy);
  const refusal = await openTestRecord({ fs, settings }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "RECORD_ROLLBACK" });
  expect(String(refusal)).toMatch(/: size 2 with root [\w+/]{43}= was put into the guard, the journal has 1 entries$/);
  // what no guard keeps it from is exactly this
  const { room: blind } = await openTestRecord({ fs, settings: { guard: "none" } });
  expect(blind.status()).toMatchObject({ size: 1, rollback: "not detectable" });
});

test("L23: a guard that is behind what was published, or was emptied, is refused", async () => {
  const fs = await guardedFs();
  const { room } = await openTestRecord({ fs, settings });
  const old = Buffer.from(note(fs));
  await room.append(eventDraft());
  await room.close();
  await fs.remove(GUARD);
  await expect(openTestRecord({ fs, settings })).rejects.toThrow(/its guard is empty, and had a head before; size 2/);
  await (await fs.create(GUARD)).write(old, 0);
  await expect(openTestRecord({ fs, settings })).rejects.toThrow(/size 2 .* was published, the guard has size 1 /);
});

test("L23: a log that gets its first guard puts its head there", async () => {
  const fs = await guardedFs();
  const before = await openTestRecord({ fs });
  await before.room.close();
  expect(note(fs)).toBe("");
  const { room } = await openTestRecord({ fs, settings });
  expect(note(fs)).toBe(await room.checkpoint());
});

test("L23: who finds another head in the guard signs no more, and lets no effect through", async () => {
  const fs = await guardedFs();
  const { room, log } = await openTestRecord({ fs, settings });
  const size1 = note(fs);
  const other = await openTestRecord({ seed: 7 });
  await other.room.append(eventDraft());
  await fs.remove(GUARD);
  await (await fs.create(GUARD)).write(Buffer.from(await other.room.checkpoint()), 0);
  await room.append(eventDraft());
  const refusal = await room.checkpoint().catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "RECORD_ROLLBACK" });
  expect(String(refusal)).toMatch(
    /publishing size 2 with root .*: the guard has size 2 with root .*, this log put size 1 /,
  );
  expect(room.status().state).toBe("rollback");
  expect(room.room()).toEqual({ entries: 0, bytes: 0 });
  await expect(room.append(intentDraft())).rejects.toMatchObject({ code: "RECORD_ROLLBACK" });
  await room.append(adminDraft());
  await room.close();
  expect(note(fs, "/data/main-1/checkpoint")).toBe(size1);
  expect(log.faults).toContainEqual({ code: "record.tick_failed", fields: { code: "RECORD_ROLLBACK" } });
});

test("L22: a guard that does not answer keeps checkpoints waiting, not entries; what came through is taken up", async () => {
  let step: "well" | "armed" | "in the guard" = "well";
  const fs = await guardedFs({
    fault: (_, operation) => {
      // only the guard removes a file before it writes one
      if (step === "armed" && operation === "remove") step = "in the guard";
      return step === "in the guard" && operation === "syncDir" ? "EIO" : undefined;
    },
  });
  const { room, exits } = await openTestRecord({ fs, settings });
  await room.append(eventDraft());
  step = "armed";
  await expect(room.checkpoint()).rejects.toMatchObject({ code: "RECORD_GUARD" });
  const inGuard = note(fs);
  expect(inGuard).toContain("\n2\n");
  expect(note(fs, "/data/main-1/checkpoint")).toContain("\n1\n");
  await room.append(intentDraft());
  step = "well";
  expect(await room.checkpoint()).toBe(note(fs));
  expect(note(fs)).toContain("\n3\n");
  expect(room.status().state).toBe("open");
  expect(exits).toEqual([]);
});

test("L22: a guard whose volume is away at the start is said so", async () => {
  await expect(openTestRecord({ settings })).rejects.toMatchObject({ code: "RECORD_GUARD" });
});

function run(fs: LyingFs, world?: TestRecord): Promise<TestRecord> {
  return openTestRecord({ fs, settings, ...(world === undefined ? {} : { clock: world.clock }) });
}

const sizeOf = (head: string): number => Number(head.split("\n")[1] ?? 0);

test("L22: killed at any call of a guarded log, the same bytes are published that were signed", async () => {
  for (let dies = 1; dies < 80; dies++) {
    const base = await guardedFs();
    const world = await run(base);
    const policy = policyOf(world.room.status().vkey);
    await world.room.append(eventDraft({ n: 1 }));
    const fs = base.afterKill({
      chance: () => 0.5,
      pageBytes: 65_536,
      fault: (call) => (call >= dies ? "killed" : undefined),
    });
    const life = async (): Promise<void> => {
      const { room } = await run(fs, world);
      await room.append(eventDraft({ n: 2 }));
      await room.close();
    };
    await life().catch((error: unknown) => {
      if (!/killed|stopped|the guard: it does not answer/.test(String(error))) throw error;
    });
    const signed = note(base);
    const again = await run(base.afterKill({ chance: () => 0.5, pageBytes: 65_536 }), world);
    expect(note(again.fs)).toBe(await again.room.checkpoint());
    expect(note(again.fs) === signed || sizeOf(note(again.fs)) > sizeOf(signed)).toBe(true);
    await again.room.close();
    expect(verifyLog(folderOf(again.fs), policy).ok).toBe(true);
  }
});

test("L25: an empty folder is refused where the log was begun before, or begins another day", async () => {
  const vkey = (await openTestRecord()).room.status().vkey;
  await expect(openTestRecord({ settings: { vkey } })).rejects.toMatchObject({ code: "RECORD_MISSING" });
  await expect(openTestRecord({ settings: { inception: "2026-12-05" } })).rejects.toThrow("and today is 2026-12-06");
  const { room, fs } = await openTestRecord({ settings: { inception: "2026-12-06" } });
  await room.close();
  await fs.remove("/data/main-1");
  await expect(openTestRecord({ fs })).rejects.toThrow("a log was begun there before");
});

test("L25: another key than the pinned one is refused", async () => {
  const fs = memoryFs();
  const { room } = await openTestRecord({ fs });
  await room.close();
  const { vkey } = room.status();
  const again = await openTestRecord({ fs, settings: { vkey } });
  expect(wordsOf(await entriesOf(again))).toEqual(["log.opened"]);
  const other = (await openTestRecord({ custody: fakeCustody("another") })).room.status().vkey;
  await expect(openTestRecord({ fs, settings: { vkey: other } })).rejects.toMatchObject({
    code: "RECORD_KEY_MISMATCH",
  });
});

test("L24: a guard inside the record, and one in a database that is not there, are refused", async () => {
  for (const guard of ["file:/data/guard", "file:/data/main-1/guard", "sql"]) {
    await expect(openTestRecord({ settings: { guard } })).rejects.toMatchObject({ code: "RECORD_CONFIG" });
  }
});
