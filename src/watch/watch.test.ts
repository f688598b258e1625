// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type DecisionDraft,
  type Digest,
  digestOf,
  type EntryClaimed,
  type EntryDraft,
  type EntryId,
  type Finding,
  jsonObject,
  type Mac,
  parseDecoyId,
  parseEntryId,
  parseIdentityId,
  parseInstanceId,
  parseMandateId,
  parseOrderId,
  parseServerId,
  parseStepId,
  parseTaskId,
  type RefusalCode,
} from "../core/index.ts";
import { type FakeClock, fakeClock, fakeLog, fakeRandom } from "../core/testing/system.ts";
import { attemptDraft, intentDraft, outcomeDraft, wholeDraft } from "../record/testing/drafts.ts";
import { entriesOf, memoryFs, openTestRecord, type TestRecord } from "../record/testing/rooms.ts";
import { inlineStore } from "../store/testing/inline.ts";
import { EVASIONS, REPLAYS } from "./detectors.ts";
import { openWatch, readWeights, WATCH_SCHEMA, type Watch } from "./index.ts";

const FILE = path.join(import.meta.dirname, "../../policies/watch/detectors.yaml");
const TEXT = await readFile(FILE, "utf8");
const ORDER = parseOrderId("01890000-0000-7000-8000-0000000000f1");
const DECOY = parseDecoyId("01890000-0000-7000-8000-0000000000d1");
const MAC = "AAAAAAAAAAAAAAAAAAAAAA" as Mac;
const CLAIMED: EntryClaimed = {
  identity: parseIdentityId("spiffe://example.org/agent/clerk"),
  instance: parseInstanceId("spiffe://example.org/agent/clerk/1"),
  jti: "t-1",
  jkt: "x".repeat(43),
  task: parseTaskId("01890000-0000-7000-8000-0000000000a1"),
  step: parseStepId("01890000-0000-7000-8000-0000000000a2"),
};
const MANDATE = {
  id: parseMandateId("01890000-0000-7000-8000-0000000000a3"),
  task: CLAIMED.task,
  s256: "x",
  step: CLAIMED.step,
  depth: 1,
  purpose: "test",
} as const;

interface World extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly record: TestRecord;
  readonly watch: Watch;
  readonly heard: Finding[];
  readonly log: ReturnType<typeof fakeLog>;
  /** What the store does. */
  readonly disk: { fails: boolean };
  /** Writes an entry as the gate does, and shows it. */
  enter(draft: EntryDraft): Promise<readonly Finding[]>;
  kill(): Promise<void>;
}

async function openWorld(): Promise<World> {
  const dir = await mkdtemp(path.join(tmpdir(), "watch-"));
  const store = await inlineStore(dir, [WATCH_SCHEMA]);
  const clock = fakeClock();
  const random = fakeRandom(3);
  const log = fakeLog();
  const heard: Finding[] = [];
  const disk = { fails: false };
  const flaky = {
    read: store.read,
    tx: ((name, work) =>
      disk.fails ? Promise.reject(new Error("the store is down")) : store.tx(name, work)) as typeof store.tx,
    health: () => store.health(),
    close: () => store.close(),
    scrub: () => store.scrub(),
  };
  let fs = memoryFs();
  const start = async () => {
    const record = await openTestRecord({ fs, clock });
    const ports = {
      store: flaky,
      recorder: record.room,
      entries: record.room,
      clock,
      timers: clock.timers,
      random,
      log,
    };
    const watch = await openWatch({ ...ports, sink: { on: (f) => void heard.push(f) } }, readWeights(FILE, TEXT));
    await watch.catchUp();
    return { record, watch };
  };
  let process = await start();
  return {
    clock,
    log,
    heard,
    disk,
    get record() {
      return process.record;
    },
    get watch() {
      return process.watch;
    },
    async enter(draft) {
      const id = parseEntryId(random.id());
      const seen = process.watch.see(id, draft);
      await process.record.room.append(draft, { id });
      return seen;
    },
    async kill() {
      fs = fs.afterKill({ chance: () => 0.5 });
      process = await start();
    },
    async [Symbol.asyncDispose]() {
      await process.watch[Symbol.asyncDispose]();
      await process.record.room.close();
      await store.close();
      await rm(dir, { recursive: true });
    },
  };
}

const used = (copy = false): DecisionDraft => ({
  ...attemptDraft(),
  mandate: MANDATE,
  refusal: "decoy_used: a planted value",
  decoys: [{ id: DECOY, how: "used", copy }],
});
const refused = (code: RefusalCode, change: Partial<DecisionDraft> = {}): DecisionDraft => {
  const { who: _who, ...rest } = attemptDraft();
  return { ...rest, refusal: `${code}: a test`, claimed: CLAIMED, ...change };
};

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});
const findingEntries = async () =>
  (await entriesOf(world.record)).filter(
    ({ entry: { name } }) => typeof name === "string" && name.startsWith("finding."),
  );

describe("decoys", () => {
  test("W28: a planted value is known by its digest alone, after a restart too, and once", async () => {
    expect([world.watch.decoys.any, world.watch.decoys.find(MAC)]).toEqual([false, undefined]);
    const spec = {
      kind: "credential",
      mac: MAC,
      place: { type: "Document", id: "files/ops/deploy.env" },
      by: "system",
    } as const;
    const planted = await world.watch.plant(spec);
    expect(await world.watch.plant(spec)).toEqual(planted);
    await world.kill();
    expect(world.watch.decoys.find(MAC)).toEqual(planted);
    const told = (await entriesOf(world.record)).filter(({ entry }) => entry["name"] === "decoy.planted");
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).not.toContain("deploy.env");
  });

  test("W28, W17: using one is a critical finding in the same tick, with a sentence, its entry and what to stop", async () => {
    const [finding] = await world.enter(used());
    expect(world.heard).toEqual([finding]);
    expect(finding).toMatchObject({
      detector: "decoy",
      code: "used",
      severity: "critical",
      subject: { type: "Identity", id: CLAIMED.identity },
      v: 1,
      reasons: [{ text: "used a planted credential (decoy)" }],
      tags: { owasp: ["ASI03"] },
    });
    expect(finding?.scopes).toContainEqual({ kind: "instance", id: CLAIMED.instance });
    expect(finding?.scopes).toContainEqual({ kind: "txn", id: CLAIMED.task });
    expect(finding?.triageBy).toBe((finding?.firstAt ?? 0) + 3_600_000);
    const [entry] = finding?.reasons[0]?.entries ?? [];
    expect(await world.record.room.find(entry as EntryId)).toHaveLength(1);
    expect((await findingEntries()).map(({ entry: e }) => e["name"])).toEqual(["finding.raised"]);
  });

  test("W28: reading one is told apart from using it, a copy from the planted one, and a stranger from an agent", async () => {
    const opened = (copy: boolean): DecisionDraft => {
      const whole = wholeDraft();
      return { ...whole, outcome: { ...outcomeOf(whole), decoys: [{ id: DECOY, how: "opened", copy }] } };
    };
    expect((await world.enter(opened(false)))[0]).toMatchObject({ code: "opened", severity: "medium", v: 1 });
    expect((await world.enter(opened(true)))[0]).toMatchObject({ code: "opened", severity: "medium", v: 2 });
    expect((await world.enter(used(true)))[0]).toMatchObject({ code: "used-copy", severity: "high", v: 3 });
    const nobody = refused("credential_malformed", { decoys: [{ id: DECOY, how: "used", copy: false }] });
    const { claimed: _claimed, ...stranger } = nobody;
    expect((await world.enter(stranger))[0]).toMatchObject({
      code: "presented",
      subject: { type: "Server", id: "files" },
      v: 1,
    });
  });
});

function outcomeOf(draft: DecisionDraft): NonNullable<DecisionDraft["outcome"]> {
  if (draft.outcome === undefined) throw new Error("a whole entry has an outcome");
  return draft.outcome;
}

const again = (): Promise<readonly Finding[]> => world.enter(refused("contained", { order: ORDER }));

describe("the other certain signs", () => {
  test("fork: one proof again is a client that sends twice, three within a minute are two holders of a key", async () => {
    for (let n = 1; n < REPLAYS; n++) expect(await world.enter(refused("credential_replayed"))).toEqual([]);
    expect((await world.enter(refused("credential_replayed")))[0]).toMatchObject({
      detector: "fork",
      severity: "critical",
    });
    world.clock.advance(61_000);
    expect(await world.enter(refused("credential_replayed"))).toEqual([]);
  });

  test.each([
    ["credential_wrong_audience", "wrong-audience"],
    ["credential_wrong_key", "wrong-key"],
    ["credential_wrong_environment", "wrong-environment"],
    ["credential_revoked", "revoked"],
  ] as const)("credential-misuse: %s, and only where the signature of the credential held", async (code, sign) => {
    expect((await world.enter(refused(code)))[0]).toMatchObject({ detector: "credential-misuse", code: sign });
    const { claimed: _claimed, ...anybody } = refused(code);
    expect(await world.enter(anybody)).toEqual([]);
  });

  test("after-containment: the first act is told, the third within a minute is evasion", async () => {
    expect((await again())[0]).toMatchObject({ detector: "after-containment", code: "acted", severity: "medium" });
    for (let n = 2; n < EVASIONS; n++) await again();
    expect((await again())[0]).toMatchObject({ code: "evades", severity: "high", v: EVASIONS, times: EVASIONS });
  });

  test("tool-drift: a changed tool is about the tool, not about who called it", async () => {
    const data = { server: "files", tool: "read_file", change: "changed" };
    const [finding] = await world.enter({ type: "event", name: "pin.drifted", data });
    expect(finding).toMatchObject({ detector: "tool-drift", subject: { type: "Tool", id: "files/read_file" } });
    expect(finding?.scopes[0]).toEqual({ kind: "tool", id: "files/read_file" });
  });

  test("nothing is found in what is ordinary, refused or not", async () => {
    for (const draft of [intentDraft(), wholeDraft(), attemptDraft(), refused("credential_expired")]) {
      expect(await world.enter(draft)).toEqual([]);
    }
    expect(world.heard).toEqual([]);
  });
});

const ANNA = "spiffe://test/human/AAAAAAAAAAAAAAAAAAAAAA";
const noticed = (code: string, person?: string): EntryDraft => ({
  type: "event",
  name: "signin.noticed",
  data: jsonObject(Object.entries({ code, ...(person === undefined ? {} : { person }) })),
});
const changed = (by: "system" | typeof ANNA, until: number): EntryDraft => ({
  type: "admin",
  name: "server.changed",
  by: by === "system" ? by : parseIdentityId(by),
  because: "a test",
  data: jsonObject([
    ["server", "files"],
    ["mode", "enforce"],
    ["until", until],
  ]),
});

describe("signs that no gate sees", () => {
  test.each([
    ["setup-link-again", undefined, "high", { type: "Server", id: "console" }],
    ["session-copied", ANNA, "high", { type: "Identity", id: ANNA }],
    ["passkey-copied", ANNA, "critical", { type: "Identity", id: ANNA }],
  ] as const)(
    "I50, I51, I52: %s is a finding, live and after a kill the same one",
    async (code, person, severity, subject) => {
      await world.record.room.append(noticed(code, person));
      for (const { entry } of await entriesOf(world.record)) world.watch.notice(entry);
      const found = world.watch.list();
      expect(found).toMatchObject([{ detector: "sign-in", code, severity, subject, times: 1 }]);
      await world.kill();
      expect(world.watch.list().map(({ id }) => id)).toEqual(found.map(({ id }) => id));
    },
  );

  test.each([
    ["its time is over", "system", -1, 1],
    ["the host says so before its time", "system", 60_000, 0],
    ["a person says so", ANNA, -1, 0],
  ] as const)(
    "D26: that a server is enforced because %s is told of, or is nobody's surprise",
    async (_, by, inMs, count) => {
      const found = await world.enter(changed(by, world.clock.now() + inMs));
      expect(found).toHaveLength(count);
      expect(found.map(({ detector, code, severity }) => [detector, code, severity])).toEqual(
        count === 0 ? [] : [["observing", "ended", "low"]],
      );
    },
  );

  test("D27: what one person did to a release and no other agreed to in a day is a finding", async () => {
    const data = jsonObject(Object.entries({ release: "0190b5a2", did: "rolled back" }));
    const found = await world.enter({ type: "admin", name: "policy.unconfirmed", by: "system", because: "late", data });
    expect(found.map(({ detector, code, severity }) => [detector, code, severity])).toEqual([
      ["policy", "unconfirmed", "medium"],
    ]);
  });
});

describe("pins", () => {
  const files = parseServerId("files");
  const [OLD, NEW] = [digestOf("old"), digestOf("new")];
  const see = (tools: Readonly<Record<string, Digest>>, isEnd = true) =>
    world.watch.pins.see(files, new Map(Object.entries(tools).map(([name, digest]) => [name, said(digest)])), isEnd);

  test("E15, E16: what is seen first is pinned, page by page; what differs later is told once, and after a restart again", async () => {
    expect(see({ read: OLD }, false)).toEqual([]);
    expect(see({ write: OLD })).toEqual([]);
    expect(see({ read: OLD, write: OLD })).toEqual([]);
    expect(see({ read: NEW })).toMatchObject([{ tool: "read", change: "changed", before: OLD, after: NEW }]);
    expect(see({ read: NEW })).toEqual([]);
    expect(see({ erase: NEW })).toMatchObject([{ tool: "erase", change: "appeared", after: NEW }]);
    await world.watch[Symbol.asyncDispose]();
    await world.kill();
    expect(see({ read: NEW, write: OLD })).toMatchObject([{ tool: "read", change: "changed", was: said(OLD).said }]);
    expect(world.watch.pins.definition(files, "read")).toEqual(said(OLD).said);
    expect(world.watch.pins.list(files)).toMatchObject([{ tool: "read", now: said(NEW) }, { tool: "write" }]);
  });

  test("E16: a person accepts what it is now, and what it was is drift from then on", () => {
    see({ read: OLD });
    see({ read: NEW });
    world.watch.accept("files/read");
    world.watch.accept("files/none");
    expect(see({ read: NEW })).toEqual([]);
    expect(see({ read: OLD })).toMatchObject([{ tool: "read", change: "changed", before: NEW }]);
  });
});

describe("findings that last", () => {
  test("W16: what the process did not write down before it was killed is found again, under the same id, once", async () => {
    world.disk.fails = true;
    const id = parseEntryId("0190b5a2-0000-7000-8000-0000000000e1");
    const [finding] = world.watch.see(id, used());
    await world.record.room.append(used(), { id });
    world.disk.fails = false;
    await world.kill();
    expect(world.watch.list().map((f) => [f.id, f.v])).toEqual([[finding?.id, 1]]);
    expect(world.heard).toHaveLength(2);
    await world.kill();
    expect(world.watch.list()).toHaveLength(1);
    expect(world.heard).toHaveLength(2);
  });

  test("W16: an intent and its later outcome are looked at together when they are read back", async () => {
    world.disk.fails = true;
    const { ref } = await world.record.room.append(intentDraft());
    const decoys = [{ id: DECOY, how: "opened", copy: false }] as const;
    await world.record.room.append({ ...outcomeDraft(ref), decoys });
    world.disk.fails = false;
    await world.kill();
    expect(world.watch.list()).toMatchObject([{ code: "opened", subject: { type: "Identity" } }]);
  });

  test("W12: after a day the same sign is a new finding", async () => {
    const [first] = await world.enter(used());
    world.clock.advance(24 * 3_600_000);
    const [second] = await world.enter(used());
    expect(second?.id).not.toBe(first?.id);
    expect(world.watch.list().map(({ v }) => v)).toEqual([1, 1]);
  });

  test("whoever acts on findings and fails keeps none from being found", async () => {
    world.heard.push = () => {
      throw new Error("not today");
    };
    expect(await world.enter(used())).toHaveLength(1);
    expect(world.log.faults.map(({ code }) => code)).toContain("WATCH_SINK_FAILED");
  });
});

function said(digest: Digest) {
  return { digest, said: jsonObject([["name", digest]]) };
}

const without = (from: string, to: string) => () => readWeights("d.yaml", TEXT.replace(from, to));

test("W14: a file of detectors with a sign missing, unknown, or no YAML is refused, and says which", () => {
  expect(without("used: critical, ", "")).toThrow("detectors.decoy.severity has no used");
  expect(without("acted: medium", "acted: medium, sneezed: low")).toThrow("there is no sign sneezed");
  expect(without("used: critical", "used: terrible")).toThrow("detectors.decoy.severity.used");
  expect(without("schema: bailiwick-detectors/1", "schema: other")).toThrow("schema");
  expect(() => readWeights("d.yaml", "a: [")).toThrow("reading detectors d.yaml");
});
