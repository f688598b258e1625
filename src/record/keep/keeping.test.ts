// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type Digest,
  type IdentityId,
  instant,
  member,
  parseDigest,
  parseIdentityId,
  parseTaskId,
  type Store,
} from "../../core/index.ts";
import { fakeLog, fakeRandom } from "../../core/testing/system.ts";
import { inlineStore } from "../../store/testing/inline.ts";
import { RECORD_SCHEMA } from "../schema.ts";
import { fakeCustody } from "../testing/custody.ts";
import { entriesOf, memoryFs, openTestRecord, type TestRecord } from "../testing/rooms.ts";
import type { Approval } from "./act.ts";
import { DAY_MS } from "./day.ts";
import type { Domains } from "./domains.ts";
import { Erasures } from "./erasures.ts";
import { HoldRegister } from "./holds.ts";
import { openDomains, readDomains } from "./open.ts";

const ADA = human("ada");
const BOB = human("bob");
const EVE = human("eve");
const TASK = parseTaskId("01890000-0000-7000-8000-0000000000a1");
const ASK = { by: ADA, because: "asked for by law" } as const;

interface World {
  readonly store: Store & AsyncDisposable;
  readonly record: TestRecord;
  readonly domains: Domains;
  readonly holds: HoldRegister;
  readonly erasures: Erasures;
  readonly forgotten: IdentityId[];
  /** What the next erasing step throws. */
  fails: string | undefined;
}

let dir = "";
let world: World;
let seed = 1;
const fs = { now: memoryFs() };

async function open(): Promise<World> {
  seed += 1;
  const store = await inlineStore(dir, [RECORD_SCHEMA]);
  const random = fakeRandom(seed);
  const custody = fakeCustody();
  const clock = world?.record.clock;
  const place = { fs: fs.now, ...(clock === undefined ? {} : { clock }), seed };
  const made: { domains?: Domains } = {};
  const record = await openTestRecord({
    ...place,
    async domains(at) {
      made.domains = await openDomains({ store, custody, clock: at, random }, "main");
      return made.domains;
    },
  });
  const domains = made.domains;
  if (domains === undefined) throw new Error("no domains");
  const ports = { store, recorder: record.room, random, clock: record.clock };
  const holds = new HoldRegister(ports, "main");
  await holds.open();
  const forgotten: IdentityId[] = [];
  const state: { fails: string | undefined } = { fails: undefined };
  const around = { ...ports, timers: record.clock.timers, log: fakeLog(), domains, holds };
  const erasures = new Erasures(
    {
      ...around,
      unfit: (person) => (person === EVE ? { no: "refused", why: "the last owner stays" } : undefined),
      forget(person) {
        if (state.fails !== undefined) return Promise.reject(new Error(state.fails));
        forgotten.push(person);
        return Promise.resolve();
      },
      forgotten: () => Promise.resolve(),
    },
    { tenant: "main", keyBackupDays: 30, dayKeyDays: 400 },
  );
  await erasures.open();
  return Object.assign(state, { store, record, domains, holds, erasures, forgotten });
}

async function restart(): Promise<void> {
  await world.erasures.close();
  await world.record.room.close();
  await world.store[Symbol.asyncDispose]();
  world = await open();
}

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "bailiwick-keep-"));
  fs.now = memoryFs();
  world = await open();
});
afterEach(async () => {
  await world.erasures.close();
  await world.store[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

function human(name: string): IdentityId {
  return parseIdentityId(`spiffe://gate.example/human/${name.padEnd(22, "0")}`);
}

function yes(by: IdentityId, terms: Digest): Approval {
  return { by, at: world.record.clock.now(), terms };
}

function done<T>(outcome: { readonly done: T } | { readonly why: string }): T {
  if ("done" in outcome) return outcome.done;
  throw new Error(outcome.why);
}

async function told(): Promise<readonly unknown[]> {
  const entries = await entriesOf(world.record);
  return entries.slice(1).map(({ entry }) => [entry["name"], member(entry["data"], "state")]);
}

test("L41: a hold binds in the tick in which it is set, by person and by time, and ends by itself", async () => {
  const { holds, record } = world;
  const set = holds.set({ scope: { person: ADA }, reason: "a court asks" }, BOB);
  expect(holds.on({ person: ADA })).toHaveLength(1);
  expect(holds.on({})).toHaveLength(1);
  expect(holds.on({ person: BOB })).toEqual([]);
  await set;
  const until = instant(record.clock.now() + DAY_MS);
  done(await holds.set({ scope: { from: instant(1000), to: instant(2000) }, reason: "an audit", until }, "system"));
  expect(holds.on({ person: BOB, from: instant(1999), to: instant(9000) })).toHaveLength(1);
  expect(holds.on({ person: BOB, from: instant(2000) })).toEqual([]);
  record.clock.advance(DAY_MS);
  expect(holds.on({ person: BOB })).toEqual([]);
  expect(await told()).toEqual([
    ["hold.set", undefined],
    ["hold.set", undefined],
  ]);
});

test("L41: lifting takes a second person, who signs what is lifted and why; it survives a restart until then", async () => {
  const hold = done(await world.holds.set({ scope: {}, reason: "a court asks" }, "system"));
  expect(world.holds.barred(hold, BOB)).toMatchObject({ why: "nobody asked to lift it" });
  done(await world.holds.askLift(hold.id, { by: BOB, because: "the case is closed" }));
  await restart();
  const asked = world.holds.get(hold.id) ?? hold;
  const terms = world.holds.termsOf(asked);
  expect(await world.holds.lift(hold.id, yes(BOB, terms))).toMatchObject({ no: "refused" });
  const other = parseDigest(`sha256:${"0".repeat(64)}`);
  expect(await world.holds.lift(hold.id, yes(ADA, other))).toMatchObject({ why: "it is not what was shown any more" });
  expect(world.holds.on({})).toHaveLength(1);
  done(await world.holds.lift(hold.id, yes(ADA, terms)));
  expect(world.holds.on({})).toEqual([]);
  await restart();
  expect(world.holds.on({})).toEqual([]);
  expect(await told()).toEqual([
    ["hold.set", undefined],
    ["hold.lifted", undefined],
  ]);
  expect(await world.holds.lift(hold.id, yes(ADA, terms))).toMatchObject({ why: "it has ended already" });
});

test("L42: request, holds, second person, key destroyed, entry; complete when the last backup has ended", async () => {
  const { domains, holds, erasures, record } = world;
  const owner = { mandate: { task: TASK }, person: BOB } as const;
  const { id } = domains.of(owner);
  await domains.storingOf(id);
  const sealed = await sealedKey(id);
  expect(await filesWith(sealed)).not.toEqual([]);
  const commitment = record.room.commit(owner, "args", Buffer.of(1));
  const hold = done(await holds.set({ scope: { person: BOB }, reason: "a court asks" }, "system"));
  expect(await erasures.request(BOB, ASK)).toMatchObject({ why: `it is held by ${hold.id}` });
  done(await holds.askLift(hold.id, { by: BOB, because: "over" }));
  done(await holds.lift(hold.id, yes(ADA, holds.termsOf(holds.get(hold.id) ?? hold))));
  expect(await erasures.request(EVE, ASK)).toMatchObject({ why: "the last owner stays" });
  const asked = done(await erasures.request(BOB, ASK));
  expect(await erasures.request(BOB, ASK)).toMatchObject({ no: "refused" });
  const terms = erasures.termsOf(asked);
  expect(await erasures.agree(asked.id, yes(ADA, terms))).toMatchObject({ no: "refused" });
  // a hold that came after the request stops it all the same
  const late = done(await holds.set({ scope: {}, reason: "wait" }, "system"));
  expect(await erasures.agree(asked.id, yes(EVE, terms))).toMatchObject({ why: `it is held by ${late.id}` });
  done(await holds.askLift(late.id, { by: BOB, because: "over" }));
  done(await holds.lift(late.id, yes(ADA, holds.termsOf(holds.get(late.id) ?? late))));

  expect(done(await erasures.agree(asked.id, yes(EVE, terms)))).toMatchObject({ state: "pending backups", domain: id });
  expect(world.forgotten).toEqual([BOB]);
  expect(domains.get(id)).toBeUndefined();
  // what is still under way goes with its day, and reads alike no more
  expect(domains.of(owner).owner).not.toBe(BOB);
  expect(record.room.commit(owner, "args", Buffer.of(1))).not.toBe(commitment);
  expect([await sealedKey(id), await filesWith(sealed)]).toEqual(["", []]);
  record.clock.advance(31 * DAY_MS);
  await expect.poll(() => erasures.get(asked.id)?.state).toBe("complete");
  const states = (await told()).filter((one) => !Array.isArray(one) || one[1] !== undefined);
  expect(states).toEqual([
    ["log.erased", "pending backups"],
    ["log.erased", "complete"],
  ]);
});

/** Names of the files that hold this text. */
async function filesWith(text: string): Promise<readonly string[]> {
  const names = await readdir(dir);
  const files = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(path.join(dir, name)) })));
  return files.filter(({ bytes }) => bytes.includes(text)).map(({ name }) => name);
}

async function sealedKey(id: string): Promise<string> {
  const rows = await readDomains(world.store.read, "main");
  return rows.find((row) => row.id === id)?.sealed ?? "";
}

test("L42: what a crash cut short between key and entry is finished at the next start", async () => {
  const owner = { mandate: { task: TASK }, person: BOB } as const;
  const { id } = world.domains.of(owner);
  await world.domains.storingOf(id);
  const asked = done(await world.erasures.request(BOB, ASK));
  world.fails = "the power is gone";
  await expect(world.erasures.agree(asked.id, yes(EVE, world.erasures.termsOf(asked)))).rejects.toThrow("power");
  expect(world.domains.get(id)).toBeUndefined();
  await restart();
  expect(world.erasures.get(asked.id)?.state).toBe("pending backups");
  expect(world.forgotten).toEqual([BOB]);
  expect(await told()).toEqual([["log.erased", "pending backups"]]);
  await restart();
  expect(world.forgotten).toEqual([]);
  expect(await told()).toEqual([["log.erased", "pending backups"]]);
});

test("L42: what was asked for can be taken back, and asked for again", async () => {
  const asked = done(await world.erasures.request(BOB, ASK));
  expect(done(await world.erasures.withdraw(asked.id)).state).toBe("withdrawn");
  const terms = world.erasures.termsOf(asked);
  expect(await world.erasures.agree(asked.id, yes(EVE, terms))).toMatchObject({ no: "refused" });
  expect(done(await world.erasures.request(BOB, ASK)).state).toBe("requested");
});

test("L40: the key of a day is destroyed when it was kept long enough, and never while a hold touches that day", async () => {
  const { domains, holds, record } = world;
  const now = record.clock.now();
  const old = { mandate: { task: TASK } } as const;
  const today = { mandate: { task: parseTaskId(idAt(now)) } } as const;
  const { id } = domains.of(old);
  const { id: kept } = domains.of(today);
  await Promise.all([domains.storingOf(id), domains.storingOf(kept)]);
  const [day = ""] = domains.days();
  const from = instant(Date.parse(`${day}T12:00:00Z`));
  const hold = done(await holds.set({ scope: { from, to: instant(from + 1) }, reason: "an audit" }, BOB));
  await restart();
  expect(world.domains.get(id)).toBeDefined();
  done(await world.holds.askLift(hold.id, { by: BOB, because: "over" }));
  done(await world.holds.lift(hold.id, yes(ADA, world.holds.termsOf(world.holds.get(hold.id) ?? hold))));
  await restart();
  expect([world.domains.get(id), await sealedKey(id)]).toEqual([undefined, ""]);
  expect(world.domains.get(kept)).toBeDefined();
  const entries = await entriesOf(world.record);
  expect(entries.map(({ entry }) => member(entry["data"], "days")).filter((days) => days !== undefined)).toEqual([
    [day],
  ]);
});

/** A task that begins now. */
function idAt(at: number): string {
  const ms = at.toString(16).padStart(12, "0");
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7000-8000-000000000001`;
}
