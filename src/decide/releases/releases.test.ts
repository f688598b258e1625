// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Mode, parseIdentityId, parseServerId, parseTaskId, type Store, type TaskId } from "../../core/index.ts";
import { type FakeRecorder, fakeRecorder } from "../../core/testing/ports.ts";
import { type FakeClock, fakeClock, fakeLog, fakeRandom } from "../../core/testing/system.ts";
import { inlineStore } from "../../store/testing/inline.ts";
import { DECIDE_SCHEMA, tables } from "../schema.ts";
import { OBSERVE_MAX_MS, shareOf } from "./release.ts";
import { openReleases, type Releases } from "./releases.ts";

const FILES = parseServerId("files");
const PERSON = parseIdentityId("spiffe://test/human/AAAAAAAAAAAAAAAAAAAAAA");
const tasks: readonly TaskId[] = Array.from({ length: 400 }, (_, i) =>
  parseTaskId(`0190b5a2-0000-7000-8000-${String(i).padStart(12, "0")}`),
);
const [TASK] = tasks as [TaskId];

let dir: string;
let store: Store & AsyncDisposable;
let clock: FakeClock;
let recorder: FakeRecorder;
let log: ReturnType<typeof fakeLog>;
const random = fakeRandom();

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "bailiwick-releases-"));
  store = await inlineStore(dir, [DECIDE_SCHEMA]);
  clock = fakeClock();
  recorder = fakeRecorder();
  log = fakeLog();
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const open = (): Promise<Releases> => openReleases({ store, recorder, clock, timers: clock.timers, random, log });

const enforce = (releases: Releases, enforced: number): ReturnType<Releases["change"]> =>
  releases.change({ server: FILES, enforced, by: PERSON, because: "it looked well" });

const observedOf = (releases: Releases): number =>
  tasks.filter((task) => releases.of(FILES, task) === "observe").length;

describe("the first release", () => {
  test("E54: a server begins as its configuration says, and observing is on the record", async () => {
    using releases = await open();
    await releases.admit(FILES, "observe");
    expect(releases.of(FILES, TASK)).toBe("observe");
    expect(recorder.appended).toMatchObject([
      { type: "admin", name: "server.changed", by: "system", data: { server: "files", mode: "observe", enforced: 0 } },
    ]);
  });

  test("E54: it names the first release only: another word in the configuration later changes nothing", async () => {
    for (const [first, later] of [
      ["observe", "enforce"],
      ["enforce", "observe"],
    ] as [Mode, Mode][]) {
      const server = parseServerId(first);
      using before = await open();
      await before.admit(server, first);
      using after = await open();
      await after.admit(server, later);
      expect(after.of(server, TASK)).toBe(first);
    }
  });

  test("a server that nobody speaks of is enforced", async () => {
    using releases = await open();
    expect(releases.of(FILES, TASK)).toBe("enforce");
  });

  test("E54: observing holds only once it is on the record", async () => {
    using releases = await open();
    recorder.fail = () => true;
    await expect(releases.admit(FILES, "observe")).rejects.toThrow("the disk is gone");
    expect(releases.of(FILES, TASK)).toBe("enforce");
  });

  test("S13: an entry that a crash left owing is written at the next start", async () => {
    using before = await open();
    recorder.fail = () => true;
    await expect(before.admit(FILES, "observe")).rejects.toThrow("the disk is gone");
    recorder.fail = undefined;
    using after = await open();
    expect(after.of(FILES, TASK)).toBe("observe");
    expect(recorder.appended).toMatchObject([{ name: "server.changed" }]);
    using again = await open();
    expect(again.list()).toHaveLength(1);
    expect(recorder.appended).toHaveLength(1);
  });

  test("a row that cannot be read stops the start", async () => {
    using releases = await open();
    await releases.admit(FILES, "observe");
    await store.tx("break", (db) => tables(db).updateTable("decide_release").set({ enforced: 400 }).execute());
    await expect(open()).rejects.toThrow("decide_release");
  });
});

describe("from observe to enforce", () => {
  test("D25: a share of the tasks is enforced, and it survives a restart", async () => {
    using releases = await open();
    await releases.admit(FILES, "observe");
    expect(await enforce(releases, 10)).toMatchObject({ done: { enforced: 10, by: PERSON } });
    const observed = observedOf(releases);
    expect(observed).toBeGreaterThan(330);
    expect(observed).toBeLessThan(385);
    using after = await open();
    expect(observedOf(after)).toBe(observed);
    expect(recorder.appended.at(-1)).toMatchObject({ name: "server.changed", by: PERSON, data: { enforced: 10 } });
  });

  test("D25: growing 10 to 50 keeps the first 10, for every task", async () => {
    using releases = await open();
    await releases.admit(FILES, "observe");
    await enforce(releases, 10);
    const first = tasks.filter((task) => releases.of(FILES, task) === "enforce");
    await enforce(releases, 50);
    expect(first.every((task) => releases.of(FILES, task) === "enforce")).toBe(true);
  });

  test("D25: a share is a number of percent, the same each time", () => {
    const id = fc.uuid({ version: 7 });
    fc.assert(
      fc.property(id, id, (release, task) => {
        const share = shareOf(release, parseTaskId(task));
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThan(100);
        expect(shareOf(release, parseTaskId(task))).toBe(share);
      }),
    );
  });

  test("E54: the way back is open while it may be observed", async () => {
    using releases = await open();
    await releases.admit(FILES, "observe");
    await enforce(releases, 100);
    expect(observedOf(releases)).toBe(0);
    expect(await enforce(releases, 0)).toMatchObject({ done: { enforced: 0 } });
    expect(observedOf(releases)).toBe(tasks.length);
  });

  test("E54: going back does not begin the 30 days anew", async () => {
    using releases = await open();
    const { until } = await releases.admit(FILES, "observe");
    clock.advance(OBSERVE_MAX_MS - 1000);
    await enforce(releases, 100);
    expect(await enforce(releases, 0)).toMatchObject({ done: { until } });
  });

  test("D22: what was enforced from its first day is not loosened here", async () => {
    using releases = await open();
    await releases.admit(FILES, "enforce");
    expect(await enforce(releases, 50)).toMatchObject({ no: "over" });
    expect(observedOf(releases)).toBe(0);
  });

  test("a server that nobody knows has no release", async () => {
    using releases = await open();
    expect(await enforce(releases, 100)).toMatchObject({ no: "unknown" });
  });
});

describe("the end of observing", () => {
  test("D26: after 30 days it is enforced, and the log, the record and the list say so", async () => {
    using releases = await open();
    await releases.admit(FILES, "observe");
    clock.advance(OBSERVE_MAX_MS - 1);
    expect(releases.of(FILES, TASK)).toBe("observe");
    clock.advance(1);
    expect(releases.of(FILES, TASK)).toBe("enforce");
    clock.advance(60_000);
    await expect.poll(() => releases.get(FILES)?.ended).toBe(true);
    expect(log.faults).toMatchObject([{ code: "DECIDE_OBSERVE_ENDED", fields: { server: "files" } }]);
    const because = "its time to be observed is over: from here on it is enforced";
    expect(recorder.appended.at(-1)).toMatchObject({ name: "server.changed", by: "system", because });
    expect(await enforce(releases, 10)).toMatchObject({ no: "over" });
  });

  test("D26: a server that was down when the time ran out says so at its start", async () => {
    using before = await open();
    await before.admit(FILES, "observe");
    clock.advance(OBSERVE_MAX_MS + 1000);
    using after = await open();
    expect(after.of(FILES, TASK)).toBe("enforce");
    expect(after.get(FILES)).toMatchObject({ ended: true, enforced: 100, by: "system" });
  });

  test("section 4: a clock that is set back does not open it again", async () => {
    using releases = await open();
    await releases.admit(FILES, "observe");
    clock.advance(OBSERVE_MAX_MS + 60_000);
    await expect.poll(() => releases.get(FILES)?.ended).toBe(true);
    clock.step(-OBSERVE_MAX_MS);
    expect(releases.of(FILES, TASK)).toBe("enforce");
    expect(await enforce(releases, 0)).toMatchObject({ no: "over" });
  });
});
