// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import { expect, test } from "vitest";
import type { Outbound } from "../../core/index.ts";
import { type FakeClock, fakeClock } from "../../core/testing/system.ts";
import { fakeCustody } from "../testing/custody.ts";
import { eventDraft, intentDraft } from "../testing/drafts.ts";
import type { LyingFs } from "../testing/lying-fs.ts";
import {
  folderOf,
  memoryFs,
  ORIGIN,
  openTestRecord,
  type TestRecord,
  type TestRecordOptions,
} from "../testing/rooms.ts";
import { parsePolicy, verifyLog, verifyNote, verifyProof } from "../verify/index.ts";
import {
  answerOf,
  type Host,
  hostOf,
  networkOf,
  openTestClient,
  openTestWitness,
  type TestWitness,
} from "./testing/world.ts";

const NAMES = ["north", "south", "east"] as const;

interface World extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly witnesses: readonly TestWitness[];
  /** Hosts that can be reached; tests take some away, or put others in their place. */
  readonly hosts: Map<string, Host>;
  readonly outbound: Outbound & { readonly asked: readonly { readonly url: URL; readonly body?: string }[] };
  readonly policy: string;
  open(options?: TestRecordOptions): Promise<TestRecord>;
}

/** One log, and three organisations with a witness each, of which so many must cosign. */
async function openWorld(needed = 2): Promise<World> {
  const clock = fakeClock();
  const { room } = await openTestRecord();
  const { vkeys } = room.status();
  const witnesses: TestWitness[] = [];
  for (const name of NAMES) witnesses.push(await openTestWitness({ host: `${name}.example`, logs: vkeys, clock }));
  const hosts = new Map(NAMES.map((name, i) => [`${name}.example`, hostOf(witnesses[i] as TestWitness)]));
  const outbound = networkOf(hosts);
  const groups = witnesses.map((witness, i) => witness.lines(NAMES[i] ?? ""));
  const policy = `${groups.join("")}group all ${needed} ${NAMES.join(" ")}\nquorum all\n`;
  return {
    clock,
    witnesses,
    hosts,
    outbound,
    policy,
    async open(options = {}) {
      const { client } = await openTestClient(policy, outbound, clock);
      if (client === undefined) throw new Error("no client");
      return openTestRecord({ clock, cosigner: client, ...options });
    },
    async [Symbol.asyncDispose]() {
      for (const witness of witnesses) await witness[Symbol.asyncDispose]();
    },
  };
}

/** A signature line with one character changed. */
const broken = (text: string): string =>
  text.replace(/(— \S+ \S{60})(.)/, (_, before: string, one: string) => before + (one === "A" ? "B" : "A"));

const resultsOf = (note: string, policy: string): Record<string, string> =>
  Object.fromEntries(verifyNote(note, parsePolicy(policy)).checks.map(({ name, result }) => [name, result]));

test("L28: a checkpoint is published with the cosignatures of every organisation, and grows from one to the next", async () => {
  await using world = await openWorld();
  const { room } = await world.open();
  for (let n = 0; n < 4; n++) {
    world.clock.advance(1000);
    await room.append(eventDraft({ n }));
    const note = await room.checkpoint();
    expect(note.split("\n").filter((line) => line.startsWith("— "))).toHaveLength(2 + 6);
    expect(resultsOf(note, room.trustPolicy())).toMatchObject({
      "witness-quorum": "passed",
      "second-signature": "passed",
    });
  }
  expect(room.status()).toMatchObject({ witnesses: { state: "met", lagMs: 0 }, rollback: "detected by witnesses" });
  expect(world.outbound.asked.filter(({ body }) => body?.startsWith("old 0\n"))).toHaveLength(3); // the first time only
});

test("L28: one witness that is away does not stop the others; a quorum is counted in organisations, not in keys", async () => {
  await using world = await openWorld(2);
  world.hosts.delete("south.example");
  const { room } = await world.open();
  expect(room.status()).toMatchObject({ published: 1, witnesses: { state: "met" } });
  world.hosts.delete("east.example");
  await room.append(eventDraft());
  expect(await room.checkpoint()).toContain("\n1\n"); // the two keys of one organisation are one organisation
  expect(room.status()).toMatchObject({ published: 1, size: 2, witnesses: { state: "missed" } });
});

test("L29: while the quorum is missed the old checkpoint stays and entries go on; then it heals by itself", async () => {
  await using world = await openWorld();
  const { room, fs } = await world.open();
  const first = await room.checkpoint();
  const [north, south] = [world.hosts.get("north.example"), world.hosts.get("south.example")];
  world.hosts.delete("north.example");
  world.hosts.delete("south.example");
  for (let n = 0; n < 300; n++) await room.append(intentDraft(n));
  expect(await room.checkpoint()).toBe(first);
  world.clock.advance(90_000);
  expect(await room.checkpoint()).toBe(first); // `publish: quorum` goes on waiting
  expect(room.status()).toMatchObject({ state: "open", size: 301, published: 1, witnesses: { state: "missed" } });
  expect(room.status().witnesses.lagMs).toBeGreaterThanOrEqual(90_000);
  await expect(room.prove(7)).rejects.toMatchObject({ code: "RECORD_UNPUBLISHED" });
  expect(verifyProof(await room.prove(0), parsePolicy(room.trustPolicy())).ok).toBe(true);
  world.hosts.set("north.example", north as Host).set("south.example", south as Host);
  const healed = await room.checkpoint();
  expect(healed).toContain("\n301\n");
  expect(room.status().witnesses).toEqual({ state: "met", lagMs: 0 });
  expect(verifyProof(await room.prove(300), parsePolicy(room.trustPolicy())).ok).toBe(true);
  await room.close();
  expect(
    verifyLog(folderOf(fs), parsePolicy(room.trustPolicy())).checks.filter(({ result }) => result !== "passed"),
  ).toEqual([]);
});

test("L29: `publish: always` publishes after maxLag, says that it is unwitnessed, and no stranger takes it for witnessed", async () => {
  await using world = await openWorld();
  world.hosts.clear();
  const settings = {
    witness: { timeoutMs: 1000, publish: "always", maxLagMs: 60_000, server: { on: false, logs: [] } },
  } as const;
  const { room } = await world.open({ settings });
  expect(room.status()).toMatchObject({ published: 0, witnesses: { state: "missed" } });
  world.clock.advance(60_000);
  const note = await room.checkpoint();
  expect(note).toContain("\n1\n");
  expect(room.status().witnesses.state).toBe("unwitnessed");
  expect(resultsOf(note, room.trustPolicy())).toMatchObject({ "log-signature": "passed", "witness-quorum": "failed" });
});

test("L28: what unknown keys sign is passed over, a wrong line of a known one and a time that is off count for nothing", async () => {
  await using world = await openWorld(3);
  const south = world.hosts.get("south.example") as Host;
  const altered =
    (change: (text: string) => string): Host =>
    async (asked) => {
      const answer = await south(asked);
      const pieces: Uint8Array[] = [];
      for await (const piece of answer.body) pieces.push(piece);
      return answerOf(answer.status, change(Buffer.concat(pieces).toString()), answer.headers["content-type"]);
    };
  const stranger = "— stranger.example/w AAAAAAAAAAAAAA==\n";
  world.hosts.set(
    "south.example",
    altered((text) => (text.startsWith("— ") ? stranger + text : text)),
  );
  const { room } = await world.open();
  expect(room.status().witnesses.state).toBe("met");
  expect(await room.checkpoint()).not.toContain("stranger");
  for (const change of [broken, () => stranger, () => "", () => "x\n"]) {
    world.hosts.set(
      "south.example",
      altered((text) => (text.startsWith("— ") ? change(text) : text)),
    );
    world.clock.advance(2000);
    await room.append(eventDraft());
    const { size } = room.status();
    expect(await room.checkpoint()).not.toContain(`\n${size}\n`);
    expect(room.status().witnesses.state).toBe("missed");
  }
});

test("L28: a cosignature from over five minutes off is refused", async () => {
  await using world = await openWorld(1);
  const late = fakeClock();
  late.step(301_000);
  await using slow = await openTestWitness({
    host: "slow.example",
    logs: (await openTestRecord()).room.status().vkeys,
    clock: late,
  });
  const outbound = networkOf(new Map([["slow.example", hostOf(slow)]]));
  const { client } = await openTestClient(`${slow.lines("slow")}quorum slow\n`, outbound, world.clock);
  const { room } = await openTestRecord({ clock: world.clock, ...(client === undefined ? {} : { cosigner: client }) });
  expect(room.status()).toMatchObject({ published: 0, witnesses: { state: "missed" } });
  expect(client?.status[0]).toMatchObject({ last: "refused" });
});

test.each([
  [403, "refused"],
  [404, "refused"],
  [422, "refused"],
  [429, "away"],
  [500, "away"],
] as const)("L28: an answer of %i is %s, and only what does not pass by itself is told, once", async (status, last) => {
  await using world = await openWorld(1);
  const outbound = networkOf(new Map([["north.example", () => Promise.resolve(answerOf(status, "no\n"))]]));
  const witness = await openTestClient(world.policy, outbound, world.clock);
  const told: string[] = [];
  witness.client?.watch(({ witness: name }) => told.push(name));
  const { room } = await openTestRecord(witness.client === undefined ? {} : { cosigner: witness.client });
  await room.append(eventDraft());
  await room.checkpoint();
  expect(witness.client?.status[0]).toMatchObject({ name: "north-1", last });
  expect(told).toEqual(last === "refused" ? ["north-1"] : []);
});

test("L24: an old copy of the folder is refused by what witnesses keep; what our key did not sign stops nobody", async () => {
  await using world = await openWorld();
  const fs = memoryFs();
  const before = await world.open({ fs });
  await before.room.close();
  const copy = new Map([...folderOf(fs).files].map(([name, bytes]) => [name, bytes.slice()]));
  const { room } = await world.open({ fs });
  await room.append(eventDraft());
  await room.close();
  await restore(fs, copy);
  const refusal = await world.open({ fs }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "RECORD_ROLLBACK" });
  expect(String(refusal)).toMatch(
    /the witness `north-1` has size 2 with root [\w+/]{43}=, signed by this log, and the journal has 1 entries$/,
  );
  // a witness that lies about us cannot stop us: it has no checkpoint of ours
  const other = await openTestRecord({ custody: fakeCustody("other") });
  for (let n = 0; n < 9; n++) await other.room.append(eventDraft({ n }));
  const claim = await other.room.checkpoint();
  const kept = `/witness/${hash("sha256", ORIGIN)}/checkpoint`;
  const lie: Host = ({ url }) =>
    Promise.resolve(url.pathname === kept ? answerOf(200, claim) : answerOf(409, "900\n", "text/x.tlog.size"));
  for (const name of NAMES) world.hosts.set(`${name}.example`, lie);
  const again = await world.open({ fs });
  await again.room.append(eventDraft());
  await again.room.checkpoint();
  expect(again.room.status()).toMatchObject({ state: "open", published: 1, witnesses: { state: "missed" } });
});

async function restore(fs: LyingFs, copy: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await fs.remove("/data/main-1");
  for (const [name, bytes] of copy) {
    await fs.makeDir(`/data/main-1/${name}`.replace(/\/[^/]*$/, ""));
    await (await fs.create(`/data/main-1/${name}`)).write(bytes, 0);
  }
}

test("L22: killed at any call between the signature and the checkpoint, the log goes on with one root for each size", async () => {
  for (const dies of [4, 9, 14, 19, 24, 30]) {
    await using world = await openWorld(3);
    const fs = memoryFs();
    const { room } = await world.open({ fs });
    await room.append(eventDraft({ n: 1 }));
    await room.checkpoint();
    await room.close();
    const dying = fs.afterKill({
      chance: () => 0.5,
      pageBytes: 65_536,
      fault: (call) => (call >= dies ? "killed" : undefined),
    });
    const life = async (): Promise<void> => {
      const next = await world.open({ fs: dying });
      await next.room.append(eventDraft({ n: 3 }));
      await next.room.close();
    };
    await life().catch(() => undefined);
    world.clock.advance(5000);
    const again = await world.open({ fs: dying.afterKill({ chance: () => 0.5, pageBytes: 65_536 }) });
    expect(again.room.status()).toMatchObject({ state: "open", witnesses: { state: "met" } });
    expect(again.room.status().published).toBe(again.room.size());
    for (const { witness } of world.witnesses) expect(await witness.desk?.forks()).toEqual([]);
    await again.room.close();
    const { checks } = verifyLog(folderOf(again.fs), parsePolicy(again.room.trustPolicy()));
    expect(checks.filter(({ result }) => result === "failed")).toEqual([]);
    expect(checks.find(({ name }) => name === "witness-quorum")?.result).toBe("passed");
  }
});

test.each([
  ["a quorum of none", (policy: string) => policy.replace("quorum all", "quorum none"), "its quorum is none"],
  ["a witness without a URL that is needed", (policy: string) => policy.replaceAll(/ https:\S+/g, ""), "have a URL"],
  [
    "an address that is none",
    (policy: string) => policy.replace("https://north", "ftp://north"),
    "no http or https address",
  ],
  ["no policy at all", () => "hello\n", "is not log, witness, group or quorum"],
])("L27: a policy with %s is refused at the start", async (_, change, why) => {
  await using world = await openWorld();
  await expect(openTestClient(change(world.policy), world.outbound)).rejects.toThrow(why);
});
