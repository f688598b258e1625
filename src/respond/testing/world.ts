// SPDX-License-Identifier: Apache-2.0
// A desk over a real store and a real record, and people who can be asked. The process can be killed: what it was writing
// then is lost, and what the disk has stays.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type ApprovalCall,
  type ApprovalId,
  type DeskItem,
  digestOf,
  type EntryId,
  type EntrySource,
  type EvidenceQuery,
  type IdentityId,
  isJsonObject,
  type Json,
  type MandateId,
  parseCommitment,
  parseEntryId,
  parseIdentityId,
  parseInstanceId,
  parseMandateId,
  parseReference,
  parseStepId,
  type RecordedEntry,
  type Recorder,
  type StepId,
  type Store,
} from "../../core/index.ts";
import { fakeControlFeed } from "../../core/testing/ports.ts";
import { type FakeClock, fakeClock, fakeLog, fakeRandom } from "../../core/testing/system.ts";
import { fakeCustody } from "../../record/testing/custody.ts";
import { eventDraft, intentDraft } from "../../record/testing/drafts.ts";
import { memoryFs, openTestRecord, type TestRecord } from "../../record/testing/rooms.ts";
import { inlineStore } from "../../store/testing/inline.ts";
import type { Approvals, DemoKey, Signers } from "../index.ts";
import { createDemoKey, openRespond, RESPOND_SCHEMA, respondSection } from "../index.ts";
import { fakeIdentities, RULES } from "./contained.ts";

const human = (letter: string): IdentityId => parseIdentityId(`spiffe://test/human/${letter.repeat(22)}`);
export const AGENT: IdentityId = parseIdentityId("spiffe://test/agent/clerk");
export const OTHER_AGENT: IdentityId = parseIdentityId("spiffe://test/agent/boss");
export const ANNA: IdentityId = human("A");
export const BEN: IdentityId = human("B");
/** On whose behalf the agent acts. */
export const CARA: IdentityId = human("C");
/** Sponsor of the agent. */
export const DORA: IdentityId = human("D");
/** A person without the role. */
export const EMIL: IdentityId = human("E");
const EVERYBODY = [ANNA, BEN, CARA, DORA, EMIL];

/** Steps that a call may belong to; `CALL` is of the first. */
export const STEPS: readonly StepId[] = [0, 1, 2, 3, 4, 5, 6].map(stepOf);
export const STEP: StepId = stepOf(0);
export const OTHER_STEP: StepId = stepOf(1);
export const OTHER_MANDATE: MandateId = parseMandateId("01890000-0000-7000-8000-0000000000a2");

export const CALL: ApprovalCall = {
  interaction: digestOf({ traces: [] }),
  principal: AGENT,
  instance: parseInstanceId(`${AGENT}/1`),
  action: "execute",
  resource: { type: "File", id: "files/payments/2041.json" },
  argsDigest: parseCommitment(`c1:${"a".repeat(43)}`),
  mandate: parseMandateId("01890000-0000-7000-8000-0000000000a1"),
  step: STEP,
};

export const ITEM: DeskItem = {
  challenge: { policy: "payments-need-a-person", profile: "person", kind: "approval", uses: 1, binds: ["tool"] },
  policyDigest: digestOf("forbid (principal, action, resource);"),
  call: CALL,
  binds: { tool: "write_file" },
  onBehalfOf: CARA,
  sponsor: DORA,
  actors: [OTHER_AGENT],
  scopes: [
    { kind: "identity", id: AGENT },
    { kind: "instance", id: CALL.instance },
    { kind: "mandate", id: CALL.mandate ?? "" },
    { kind: "step", id: STEP },
    { kind: "jkt", id: "k-1" },
  ],
  reference: parseReference("BW-0000001"),
  asks: [{ path: "/path", role: "target", source: "files/inbox/notice.md" }],
  display: '{"path":"payments/2041.json"}',
};

function stepOf(n: number): StepId {
  return parseStepId(`01890000-0000-7000-8000-00000000000${n}`);
}

/** The same question about another call. */
export function itemFor(call: Partial<ApprovalCall>): DeskItem {
  return { ...ITEM, call: { ...CALL, ...call } };
}

/** The question with this number of approvers, who are all different from the one that it is asked for. */
export function itemOf(count: number, change: Partial<DeskItem["challenge"]> = {}): DeskItem {
  const approvers = { group: "approver", count, notRequester: true };
  return { ...ITEM, challenge: { ...ITEM.challenge, approvers, ...change } };
}

export interface World extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly log: ReturnType<typeof fakeLog>;
  readonly record: TestRecord["room"];
  readonly store: Store;
  /** People who are active; every one but Emil holds the role. */
  readonly active: Set<IdentityId>;
  readonly holders: Set<IdentityId>;
  readonly keys: ReadonlyMap<IdentityId, DemoKey>;
  readonly approvals: Approvals;
  /** What the disks do. */
  readonly disks: { storeFails: boolean; recordFails: boolean; recordWaits: Promise<void> | undefined };
  /** Asks, which the desk takes. */
  ask(item?: DeskItem): Promise<ApprovalId>;
  /** This person's signed yes. */
  yes(id: ApprovalId, person: IdentityId): ReturnType<Approvals["approve"]>;
  /** A question that Anna said yes to. */
  granted(item?: DeskItem): Promise<ApprovalId>;
  /** Ids of the evidence for a call. */
  covers(query?: Partial<EvidenceQuery>): readonly ApprovalId[];
  /** Claims and makes the intent durable, as the gate does. */
  spend(id: ApprovalId, by?: EntryId): Promise<"first" | "taken">;
  entries(): Promise<readonly RecordedEntry["entry"][]>;
  newEntryId(): EntryId;
  /** Ends the process at once and starts another over the same disks. */
  kill(options?: { readonly demo?: boolean }): Promise<void>;
}

/** @param options.signers instead of a demo key of each person */
export async function openWorld(
  options: { readonly signers?: readonly Signers[]; readonly fourEyes?: boolean } = {},
): Promise<World> {
  const { fourEyes = true } = options;
  const settings = respondSection.parse({ approvals: { fourEyes } });
  const dir = await mkdtemp(path.join(tmpdir(), "respond-"));
  const store = await inlineStore(dir, [RESPOND_SCHEMA]);
  const clock = fakeClock();
  const log = fakeLog();
  const random = fakeRandom(7);
  const active = new Set<IdentityId>(EVERYBODY);
  const holders = new Set<IdentityId>(EVERYBODY.filter((person) => person !== EMIL));
  const keys = await demoKeys();
  const disks: World["disks"] = { storeFails: false, recordFails: false, recordWaits: undefined };
  let fs = memoryFs();

  const start = async (demo: boolean) => {
    const record = await openTestRecord({ fs, clock });
    const life = { isKilled: false };
    const respond = await openRespond(
      {
        store: dyingStore(store, disks, life),
        recorder: dyingRecorder(record.room, disks, life),
        entries: record.room,
        clock,
        timers: clock.timers,
        random,
        log,
        people: {
          isActiveHuman: (id) => active.has(id),
          holds: (group, id) => group === "approver" && holders.has(id),
        },
        signers: options.signers ?? [...keys.values()],
        rules: RULES,
        feed: fakeControlFeed(clock),
        points: { list: () => [], probe: () => Promise.resolve(false) },
        identities: fakeIdentities(),
        about: () => undefined,
      },
      { settings, demo },
    );
    return { record, respond, life };
  };
  let process = await start(true);
  const newEntryId = (): EntryId => parseEntryId(random.id());

  const world: World = {
    clock,
    log,
    store,
    active,
    holders,
    keys,
    disks,
    newEntryId,
    get record() {
      return process.record.room;
    },
    get approvals() {
      return process.respond.approvals;
    },
    async ask(item = ITEM) {
      const opened = await world.approvals.open(item);
      if ("refused" in opened) throw new Error(`the desk refused: ${opened.refused}`);
      return opened.id;
    },
    yes(id, person) {
      const [key, view] = [keys.get(person), world.approvals.read(id)];
      if (key === undefined || view === undefined) throw new Error("no such key or question");
      return world.approvals.approve(id, key.approve(view));
    },
    async granted(item) {
      const id = await world.ask(item);
      await world.yes(id, ANNA);
      return id;
    },
    covers: (query = {}) => world.approvals.evidence({ ...CALL, ...query }).map(({ id }) => id),
    async spend(id, by = newEntryId()) {
      const claimed = await world.approvals.claim("approval", id, by);
      if (claimed === "first") {
        await world.record.append({ ...intentDraft(), uses: [{ scope: "approval", key: id }] }, { id: by });
      }
      return claimed;
    },
    async entries() {
      const entries: RecordedEntry["entry"][] = [];
      for await (const { entry } of (world.record satisfies EntrySource).read({ from: 0 })) entries.push(entry);
      return entries;
    },
    async kill({ demo = true } = {}) {
      process.life.isKilled = true;
      fs = fs.afterKill({ chance: () => 0.5 });
      process = await start(demo);
    },
    async [Symbol.asyncDispose]() {
      await process.respond[Symbol.asyncDispose]();
      await process.record.room.close();
      await store.close();
      await rm(dir, { recursive: true });
    },
  };
  return world;
}

/** The decisions that stand in the record, oldest first, once all that was written before is durable. */
export async function decidedIn(world: World): Promise<readonly unknown[]> {
  await world.record.append(eventDraft());
  const entries = await world.entries();
  return entries.filter(({ name }) => name === "approval.decided").map(({ data, by }) => merged(data, by));
}

function merged(data: Json | undefined, by: Json | undefined): unknown {
  return isJsonObject(data) ? { ...data, by } : data;
}

async function demoKeys(): Promise<ReadonlyMap<IdentityId, DemoKey>> {
  const custody = fakeCustody();
  const keys = new Map<IdentityId, DemoKey>();
  for (const person of EVERYBODY) {
    const { privateKey } = await custody.keyPair(person, "Ed25519");
    keys.set(person, createDemoKey(privateKey, person));
  }
  return keys;
}

interface Life {
  isKilled: boolean;
}

const NEVER = new Promise<never>(() => undefined);

function dyingStore(store: Store, disks: World["disks"], life: Life): Store {
  return {
    read: store.read,
    tx: (name, work) => {
      if (life.isKilled) return NEVER;
      return disks.storeFails ? Promise.reject(new Error("the store is down")) : store.tx(name, work);
    },
    health: () => store.health(),
    close: () => store.close(),
    scrub: () => store.scrub(),
  };
}

function dyingRecorder(record: Recorder, disks: World["disks"], life: Life): Recorder {
  return {
    async append(draft, options) {
      if (life.isKilled) return NEVER;
      if (disks.recordFails) throw new Error("the record is down");
      const receipt = await record.append(draft, options);
      await disks.recordWaits;
      return life.isKilled ? NEVER : receipt;
    },
    note(draft, options) {
      if (!life.isKilled && !disks.recordFails) record.note(draft, options);
    },
    room: () => record.room(),
    domain: (owner) => record.domain(owner),
    commit: (owner, field, content) => record.commit(owner, field, content),
  };
}
