// SPDX-License-Identifier: Apache-2.0
// The story of README.md in this folder, with three real servers: they witness each other, one goes dark, and then lies.
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorld, type World } from "../../src/cli/testing/world.ts";
import { fakeClock, fakeLog, fakeRandom } from "../../src/core/testing/system.ts";
import { openDomains, openRecord, RECORD_SCHEMA, recordConfig } from "../../src/record/index.ts";
import { parsePolicy, verifyNote } from "../../src/record/verify/index.ts";
import { writeAddCheckpoint } from "../../src/record/witness/message.ts";
import { openCustody } from "../../src/store/index.ts";
import { inlineStore } from "../../src/store/testing/inline.ts";
import { Organisation } from "./organisation.ts";

const sizeOf = (checkpoint: string): number => Number(checkpoint.split("\n")[1]);
const WAIT = { timeout: 15_000, interval: 100 };

const append = async (organisation: Organisation): Promise<number> => {
  const { record } = organisation.running;
  const draft = {
    type: "admin",
    name: "log.read",
    by: "system",
    because: "an entry of the example",
    data: {},
  } as const;
  return (await record.append(draft)).ref.index;
};
const submit = (
  to: Organisation,
  old: number,
  checkpoint: string,
  proof: readonly Uint8Array[] = [],
): Promise<Response> =>
  fetch(`${to.running.publicUrl}/witness/add-checkpoint`, {
    method: "POST",
    body: writeAddCheckpoint(old, proof, checkpoint),
  });

/** Waits until everything that an organisation wrote is published, and answers what a stranger thinks of it. */
async function published(organisation: Organisation): Promise<Record<string, string>> {
  const index = await append(organisation);
  await expect.poll(async () => sizeOf(await organisation.checkpoint()), WAIT).toBeGreaterThan(index);
  const policy = parsePolicy(await readFile(organisation.file("witnesses.policy")));
  const { checks } = verifyNote(await organisation.checkpoint(), policy, { maxAgeS: 60, nowS: Date.now() / 1000 });
  return Object.fromEntries(checks.map(({ name, result }) => [name, result]));
}

describe("three logs of three organisations", { shuffle: false }, () => {
  let [north, south, east]: Organisation[] = [];
  let cli: World;
  /** What somebody took of east's disk, early: one stays as it is, the other history is written into the other. */
  let oldCopy = "";
  let forger = "";
  const all = (): Organisation[] => [north, south, east].filter((one) => one !== undefined);
  const one = (name: string): Organisation => {
    const found = all().find((organisation) => organisation.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const others = (name: string): Organisation[] => all().filter((organisation) => organisation.name !== name);
  /** A command of one organisation's people, on its host. */
  const run = (organisation: Organisation, words: string): ReturnType<World["run"]> =>
    cli.run(`${words} --data ${organisation.data}`, { fetch: (url, init) => fetch(url, init) });
  beforeAll(async () => {
    cli = createWorld();
    [north, south, east] = [
      await Organisation.found("north"),
      await Organisation.found("south"),
      await Organisation.found("east"),
    ];
    // each begins alone, and gives the others its keys
    for (const organisation of all()) {
      await organisation.start();
      await organisation.writeKeys();
      await organisation.stop();
    }
    oldCopy = await one("east").copy();
    forger = await one("east").copy();
    for (const organisation of all()) {
      const partners = others(organisation.name);
      const words = partners.map((partner) => `${partner.name}=${partner.file(`${partner.name}.keys`)}`).join(" ");
      const own = organisation.file(`${organisation.name}.keys`);
      const { code, out, err } = await cli.run(`record witness policy ${words} --own ${own} --need 1`);
      if (code !== 0) throw new Error(err);
      await writeFile(organisation.file("witnesses.policy"), out);
    }
    // at the first start not every partner is there yet: what cannot be cosigned waits
    for (const organisation of all()) await organisation.start(others(organisation.name));
  }, 60_000);
  afterAll(async () => {
    for (const organisation of all()) await organisation[Symbol.asyncDispose]();
    for (const copy of [oldCopy, forger]) await rm(copy, { recursive: true, force: true });
    cli[Symbol.dispose]();
  });

  const WITNESSED = {
    origin: "passed",
    "log-signature": "passed",
    "second-signature": "passed",
    "witness-quorum": "passed",
    age: "passed",
  };

  test("each log is signed twice and cosigned by the others, and a stranger needs a policy file and nothing else", async () => {
    for (const organisation of all()) expect(await published(organisation)).toMatchObject(WITNESSED);
    const { code, out } = await run(one("north"), "record witness status");
    expect(code).toBe(0);
    expect(out).toMatch(/quorum +met/);
    expect(out).toMatch(/asks south-1 +cosigned: size/);
    expect(out).toMatch(/cosigns +localhost\/log\/east-1 up to \d+ entries/);
    const policy = await fetch(`${one("north").running.publicUrl}/log/policy`);
    expect(parsePolicy(await policy.text()).quorum).toBe("organisations");
    const logs = (await (await fetch(`${one("north").running.publicUrl}/log/logs.json`)).json()) as object;
    expect(logs).toMatchObject({ logs: [{ name: "north-1", witnesses: "met", secondSignature: "signed" }] });
  });

  test("whoever may read a record fetches its tiles and bundles; nobody else does, and hashes are for all only if it says so", async () => {
    const host = one("north");
    const fetched = async (what: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(`${host.running.publicUrl}/log/${what}`, { headers })).status;
    const width = sizeOf(await host.checkpoint());
    const reader = { authorization: `Bearer ${await host.token()}` };
    const partial = `000.p/${width}`;
    expect(await fetched(`north-1/tile/entries/${partial}`)).toBe(401);
    expect(await fetched(`north-1/tile/0/${partial}`)).toBe(401);
    expect(await fetched(`north-1/tile/0/${partial}`, reader)).toBe(200);
    expect(await fetched(`north-1/tile/entries/${partial}`, reader)).toBe(200);
    expect(await fetched("north-1/tile/0/000", reader)).toBe(404);
    expect(await fetched(`south-1/tile/0/${partial}`, reader)).toBe(404);
    expect(await fetched("south-1/checkpoint")).toBe(404);
  });

  test("one goes dark: two of three stand behind each checkpoint still", async () => {
    await one("east").stop();
    expect(await published(one("north"))).toMatchObject(WITNESSED);
    expect(await published(one("south"))).toMatchObject(WITNESSED);
    const { out } = await run(one("north"), "record witness status");
    expect(out).toMatch(/asks east-1 +away: /);
  });

  test("then it lies: another history of the same size is refused, kept as evidence, and shown", async () => {
    const target = await sizeAt(one("north"), "localhost/log/east-1");
    const lie = await forged(forger, target);
    expect(sizeOf(lie)).toBe(target);
    for (const witness of [one("north"), one("south")]) {
      const answer = await submit(witness, target, lie);
      // whoever saw that size has both notes; whoever did not is not led along either
      expect([409, 422]).toContain(answer.status);
    }
    const { code, out } = await run(one("north"), "record witness status");
    expect(code).toBe(3);
    expect(out).toMatch(/LIE +[0-9a-f]{16}: localhost\/log\/east-1 signed two roots for \d+\s+entries/);
    await expect
      .poll(async () => (await run(one("north"), "watch findings --json")).out, WAIT)
      .toMatch(/a log signed two histories of one size, and both are kept as evidence: localhost\/log\/east-1/);
    const { id, notes } = await lieAt(one("north"));
    // both notes verify under the keys that east gave: nobody has to believe north
    const keys = parsePolicy(await readFile(one("east").file("east.keys")));
    expect(notes.map((note) => verifyNote(note, keys).ok)).toEqual([true, true]);
    const heads = notes.map((note) => note.split("\n"));
    expect(new Set(heads.map(([, size]) => size)).size).toBe(1);
    expect(new Set(heads.map(([, , root]) => root)).size).toBe(2);
    const cleared = await run(one("north"), `record witness clear ${id} --because explained`);
    expect(cleared).toMatchObject({ code: 3, out: "noted: another person must say so too\n" });
    const again = await run(one("north"), `record witness clear ${id} --because again`);
    expect(again.code).toBe(3); // one person twice is one person
  });

  test("what lied is believed by nobody who saw it, and the others go on", async () => {
    await one("east").start(others("east"));
    await append(one("east"));
    await expect
      .poll(async () => (await run(one("east"), "record witness status")).out, WAIT)
      .toMatch(/asks north-1 +refused: 403: /);
    expect(await published(one("north"))).toMatchObject(WITNESSED);
    await one("east").stop();
  });

  test("with nobody left to cosign the old checkpoint stays, entries go on, and proofs wait", async () => {
    await one("south").stop();
    const before = await one("north").checkpoint();
    const index = await append(one("north"));
    await expect
      .poll(async () => (await run(one("north"), "record witness status")).out, WAIT)
      .toMatch(/quorum +missed/);
    expect(await one("north").checkpoint()).toBe(before);
    const headers = { authorization: `Bearer ${await one("north").token()}` };
    const proof = await fetch(`${one("north").running.publicUrl}/api/record/entries/${index}/tlog-proof`, { headers });
    expect(proof.status).toBe(202);
    expect(proof.headers.get("retry-after")).toBe("1");
    await one("south").start(others("south"));
    await expect.poll(async () => sizeOf(await one("north").checkpoint()), WAIT).toBeGreaterThan(index);
    const later = await fetch(`${one("north").running.publicUrl}/api/record/entries/${index}/tlog-proof`, { headers });
    expect(later.status).toBe(200);
  });

  test("an old copy of a log does not start: a witness keeps what it signed", async () => {
    await one("east").restore(oldCopy);
    await expect(one("east").start(others("east"))).rejects.toThrow(
      /the witness `(?:north|south)-1` has size \d+ with root \S+, signed by this log, and the journal has \d+ entries/,
    );
  });
});

interface Desk {
  readonly logs: readonly { readonly origin: string; readonly size: number }[];
  readonly forks: readonly { readonly id: string; readonly notes: readonly string[] }[];
}

/** What an organisation's people see of the witness that it runs. */
async function deskOf(witness: Organisation): Promise<Desk> {
  const headers = { authorization: `Bearer ${await witness.token()}` };
  const answer = await fetch(`${witness.running.publicUrl}/api/record/witness`, { headers });
  return ((await answer.json()) as { readonly witness: Desk }).witness;
}

/** The size of a log that a witness cosigned last. */
async function sizeAt(witness: Organisation, origin: string): Promise<number> {
  const { logs } = await deskOf(witness);
  return logs.find((log) => log.origin === origin)?.size ?? 0;
}

/** The one lie that a witness keeps. */
async function lieAt(witness: Organisation): Promise<Desk["forks"][number]> {
  const { forks } = await deskOf(witness);
  return forks[0] ?? { id: "", notes: [] };
}

function onFatal(code: number): void {
  throw new Error(`the forger's record ended with ${code}`);
}

/** What somebody with a copy of a log's disk and keys can sign: another history, up to a size. */
async function forged(copy: string, size: number): Promise<string> {
  const random = fakeRandom(4711);
  const clock = fakeClock();
  const ports = { clock, timers: clock.timers, random, log: fakeLog() };
  const custody = await openCustody({ dir: copy }, { random });
  const store = await inlineStore(path.join(copy, "forger"), [RECORD_SCHEMA]);
  const domains = await openDomains({ ...ports, custody, store }, "main");
  const room = await openRecord(
    { ...ports, custody, domains, onFatal },
    {
      ...recordConfig.parse({ name: "east-1", reserveBytes: 0 }),
      dir: path.join(copy, "record"),
      origin: "localhost/log/east-1",
      node: "main",
      tenant: "main",
    },
  );
  while (room.size() < size) {
    await room.append({ type: "admin", name: "log.read", by: "system", because: "a lie", data: {} });
  }
  const note = await room.checkpoint();
  await room.close();
  await store.close();
  return note;
}
