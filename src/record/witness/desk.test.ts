// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseIdentityId } from "../../core/index.ts";
import { fakeClock } from "../../core/testing/system.ts";
import { fakeCustody } from "../testing/custody.ts";
import { eventDraft } from "../testing/drafts.ts";
import { ORIGIN, openTestRecord, type TestRecord } from "../testing/rooms.ts";
import { parseCheckpoint, parseVkey, signersOf, VerifyError } from "../verify/index.ts";
import { parseAddCheckpoint, writeAddCheckpoint } from "./message.ts";
import { openTestWitness, type TestWitness } from "./testing/world.ts";

const HOST = "witness.example";
const ADA = parseIdentityId("spiffe://main/human/ada");
const BEN = parseIdentityId("spiffe://main/human/ben");

interface World extends AsyncDisposable {
  readonly log: TestRecord;
  readonly witness: TestWitness;
  readonly forks: string[];
  /** Submits a checkpoint, with a proof from `old` where one is needed. */
  submit(
    old: number,
    checkpoint: string,
    proof?: readonly Uint8Array[],
  ): Promise<{ status: number; body: string; type: string }>;
  grow(entries: number): Promise<string>;
}

async function openWorld(seed?: number): Promise<World> {
  const log = await openTestRecord(seed === undefined ? {} : { seed });
  const witness = await openTestWitness({ host: HOST, logs: log.room.status().vkeys });
  const forks: string[] = [];
  witness.witness.watchForks(({ origin, size }) => forks.push(`${origin} ${size}`));
  return {
    log,
    witness,
    forks,
    async submit(old, checkpoint, proof) {
      const size = Number(checkpoint.split("\n")[1]);
      const hashes = proof ?? (old > 0 && old < size ? await log.room.proveGrowth(old, size) : []);
      const reply = await witness.witness.desk?.add(Buffer.from(writeAddCheckpoint(old, hashes, checkpoint)));
      if (reply === undefined) throw new Error("no desk");
      witness.clock.advance(1000); // so that nobody is too fast but where that is tried
      return reply;
    },
    async grow(entries) {
      await Promise.all(Array.from({ length: entries }, (_, n) => log.room.append(eventDraft({ n }))));
      return log.room.checkpoint();
    },
    [Symbol.asyncDispose]: () => witness[Symbol.asyncDispose](),
  };
}

/** What the first signature line says when it was. */
const timeOf = (body: string): bigint =>
  Buffer.from(body.split(" ")[2]?.split("\n")[0] ?? "", "base64").readBigUInt64BE(4);

test("L30: what is cosigned verifies under both keys of the witness, with their names, over the whole tree", async () => {
  await using world = await openWorld();
  const first = await world.grow(2);
  const { status, body, type } = await world.submit(0, first);
  expect({ status, type }).toEqual({ status: 200, type: "text/plain; charset=utf-8" });
  const keys = (world.witness.witness.desk?.vkeys ?? []).map((vkey) => parseVkey(vkey));
  expect(keys.map(({ name, type: of }) => [name, of])).toEqual([
    [HOST + "/witness", 6],
    [HOST + "/witness/ed25519", 4],
  ]);
  const time = BigInt(Math.floor((world.witness.clock.now() - 1000) / 1000));
  const { note } = parseCheckpoint(first + body);
  expect(signersOf(note, keys)).toEqual(keys.map((key) => ({ key, time })));
  const later = await world.grow(7);
  expect((await world.submit(3, later)).status).toBe(200);
});

test("L30: each status of the specification, and the one beside it that is well", async () => {
  await using world = await openWorld();
  await using other = await openTestWitness({ host: HOST, logs: [] });
  const three = await world.grow(2);
  expect((await other.witness.desk?.add(Buffer.from(writeAddCheckpoint(0, [], three))))?.status).toBe(404);
  const stranger = await openTestRecord({
    seed: 5,
    custody: fakeCustody("other"),
  });
  expect((await world.submit(0, await stranger.room.checkpoint())).status).toBe(403);
  const torn = three.replace(/(— \S+ \S{20})./, "$1_").replace("_", three.includes("A") ? "B" : "C");
  expect((await world.submit(0, torn)).status).toBe(403);
  expect((await world.submit(4, three)).status).toBe(400);
  const hashes = await world.log.room.proveGrowth(1, 3);
  expect(await world.submit(0, three, hashes)).toMatchObject({ status: 422 });
  expect(await world.submit(2, three, [])).toEqual({ status: 409, type: "text/x.tlog.size", body: "0\n" });
  expect((await world.submit(0, three)).status).toBe(200);
  expect((await world.submit(3, three)).status).toBe(200); // the same again: a new time
  expect(await world.submit(0, three)).toEqual({ status: 409, type: "text/x.tlog.size", body: "3\n" });
  const nine = await world.grow(6);
  const good = await world.log.room.proveGrowth(3, 9);
  expect((await world.submit(3, nine, good.slice(1))).status).toBe(422);
  expect((await world.submit(3, nine, good.toReversed())).status).toBe(422);
  expect((await world.submit(3, nine, [])).status).toBe(422);
  expect((await world.submit(3, nine, good)).status).toBe(200);
  for (const body of ["", "old 9", "old 09\n\nx", "old 9\nAA==\n\nx", `old 9\n\n${nine}x`, "new 9\n\nx"]) {
    expect((await world.witness.witness.desk?.add(Buffer.from(body)))?.status, body).toBe(400);
  }
  expect((await world.witness.witness.desk?.add(new Uint8Array(128 * 1024 + 1)))?.status).toBe(400);
});

test("L30: what is kept is served by the hash of the origin, with the log's signatures and ours", async () => {
  await using world = await openWorld();
  const name = hash("sha256", ORIGIN);
  expect(await world.witness.witness.desk?.checkpoint(name)).toBeUndefined();
  const note = await world.grow(1);
  const { body } = await world.submit(0, `${note}— elsewhere.example/w AAAAAAAAAA==\n`);
  expect(await world.witness.witness.desk?.checkpoint(name)).toBe(note + body);
  expect(await world.witness.witness.desk?.checkpoint(hash("sha256", "nobody"))).toBeUndefined();
});

test("L30: of two that grow from one size one wins, and the other is told the new size", async () => {
  await using world = await openWorld();
  await world.submit(0, await world.grow(1));
  const five = await world.grow(3);
  const nine = await world.grow(4);
  const [one, two] = await Promise.all([world.submit(2, five), world.submit(2, nine)]);
  expect(new Set([one.status, two.status])).toEqual(new Set([200, 409]));
  expect([one, two].find(({ status }) => status === 409)?.body).toBe(one.status === 200 ? "5\n" : "9\n");
});

test("L30: what was cosigned is known to the next process, before it answers", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-witness-"));
  try {
    const log = await openTestRecord();
    const note = await log.room.checkpoint();
    const body = Buffer.from(writeAddCheckpoint(0, [], note));
    const { vkeys } = log.room.status();
    await (async () => {
      await using witness = await openTestWitness({ host: HOST, logs: vkeys, dir });
      expect((await witness.witness.desk?.add(body))?.status).toBe(200);
    })();
    await using again = await openTestWitness({ host: HOST, logs: vkeys, dir });
    expect(await again.witness.desk?.add(body)).toMatchObject({ status: 409, body: "1\n" });
  } finally {
    await rm(dir, { recursive: true });
  }
});

test("L30: a log is cosigned once a second, with a few in hand, and what nobody signed costs it nothing", async () => {
  await using world = await openWorld();
  const note = await world.grow(1);
  const desk = world.witness.witness.desk;
  const body = (old: number): Uint8Array => Buffer.from(writeAddCheckpoint(old, [], note));
  expect((await desk?.add(body(0)))?.status).toBe(200);
  for (let i = 0; i < 50; i++) expect((await desk?.add(Buffer.from("old 0\n\nx")))?.status).toBe(400);
  const statuses = new Set<number | undefined>();
  for (let i = 0; i < 5; i++) statuses.add((await desk?.add(body(2)))?.status);
  expect([...statuses]).toEqual([200, 429]);
  world.witness.clock.advance(1000);
  expect((await desk?.add(body(2)))?.status).toBe(200);
});

test("L30: a clock that ran back signs no earlier time, and one that ran back far signs nothing", async () => {
  await using world = await openWorld();
  const note = await world.grow(1);
  await world.submit(0, note);
  const before = timeOf((await world.submit(2, note)).body);
  world.witness.clock.step(-60_000);
  expect(timeOf((await world.submit(2, note)).body)).toBe(before);
  world.witness.clock.step(-3_600_000);
  expect((await world.submit(2, note)).status).toBe(503);
});

test("L31: two roots of one size are kept as evidence, and two people must say that the log may go on", async () => {
  await using world = await openWorld(1);
  const liar = await openTestRecord({ seed: 2 }); // the same keys, another history
  await world.submit(0, await world.grow(2));
  await world.submit(3, await world.grow(1));
  await liar.room.append(eventDraft());
  await liar.room.append(eventDraft());
  const lie = await liar.room.checkpoint();
  expect((await world.submit(3, lie)).status).toBe(422);
  expect(world.forks).toEqual([`${ORIGIN} 3`]);
  expect((await world.submit(3, lie)).status).toBe(422);
  expect(world.forks).toHaveLength(1); // told once
  const five = await world.grow(1);
  expect((await world.submit(4, five)).status).toBe(403);
  const desk = world.witness.witness.desk;
  const [{ id, notes } = { id: "", notes: [] }] = (await desk?.forks()) ?? [];
  const keys = world.log.room.status().vkeys.map((vkey) => parseVkey(vkey));
  // whoever has both notes and the log's keys needs to trust nobody else
  for (const note of notes) expect(signersOf(parseCheckpoint(note).note, keys)).toHaveLength(2);
  const roots = notes.map((note) => note.split("\n").slice(1, 3));
  expect(new Set(roots.map(([size]) => size)).size).toBe(1);
  expect(new Set(roots.map(([, root]) => root)).size).toBe(2);
  expect(await desk?.clear(id, ADA)).toBe("one");
  expect(await desk?.clear(id, ADA)).toBeUndefined();
  expect((await world.submit(4, five)).status).toBe(403);
  expect(await desk?.clear(id, BEN)).toBe("two");
  expect((await world.submit(4, five)).status).toBe(200);
  expect(await desk?.clear("nothing", BEN)).toBeUndefined();
});

test("L35: the parser of requests throws nothing but its error, and what it reads has one spelling", () => {
  const line = fc.oneof(
    fc.constantFrom("old 0", "old 12", "old 012", "", "x", " ", "old", "—", "\r", "AA=="),
    fc.uint8Array({ minLength: 31, maxLength: 33 }).map((bytes) => Buffer.from(bytes).toString("base64")),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.string(), (lines, rest) => {
      const body = Buffer.from(`${lines.join("\n")}\n\n${rest}`);
      try {
        const { old, proof, checkpoint } = parseAddCheckpoint(body);
        expect(writeAddCheckpoint(Number(old), proof, checkpoint)).toBe(body.toString());
      } catch (error) {
        if (!(error instanceof VerifyError)) throw error;
      }
    }),
  );
  const hashes = Array.from({ length: 64 }, () => new Uint8Array(32));
  expect(() => parseAddCheckpoint(Buffer.from(writeAddCheckpoint(1, hashes, "x")))).toThrow("more than 63 hashes");
  expect(parseAddCheckpoint(Buffer.from(writeAddCheckpoint(1, hashes.slice(1), "x"))).proof).toHaveLength(63);
});

test("L27: a witness does not take in the log of its own server", async () => {
  const log = await openTestRecord({ place: { origin: `${HOST}/log/main-1` } });
  await expect(
    openTestWitness({ host: HOST, logs: log.room.status().vkeys, clock: fakeClock() }),
  ).rejects.toMatchObject({
    code: "RECORD_CONFIG",
  });
});
