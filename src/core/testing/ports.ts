// SPDX-License-Identifier: Apache-2.0
// Ports in memory, for the tests of the rooms that call them.
import {
  type ApprovalDesk,
  type ApprovalId,
  type Clock,
  type ControlEntry,
  type ControlFeed,
  type Decider,
  type Decision,
  type Decoys,
  type DeskItem,
  digestOf,
  type Effect,
  type EntryDraft,
  type EntryWatch,
  type Evidence,
  FEED_EFFECTS,
  FEED_START,
  type FeedView,
  type Identity,
  type IdentityView,
  type InFlight,
  instant,
  type Mandate,
  type Mode,
  type Modes,
  mandateS256,
  type Once,
  type OrderId,
  type PinShelf,
  parseApprovalId,
  parseCategory,
  parseCommitment,
  parseEntryId,
  parseEntryIndex,
  parseErasureDomainId,
  parseIdentityId,
  parseInstanceId,
  parseMandateId,
  parseStepId,
  parseTaskId,
  parseTenantId,
  type Question,
  type Recorder,
  type Ref,
  type Slices,
  type Standing,
  type StepGrant,
  type ToolDefinition,
  type ToolDrift,
  type ToolPins,
  type TransferGate,
  VERBS,
} from "../index.ts";

/** A recorder that keeps what it is given. `fail` makes the next appends reject; `full` makes it say that it has no room. */
export interface FakeRecorder extends Recorder {
  readonly appended: EntryDraft[];
  readonly noted: EntryDraft[];
  fail: ((draft: EntryDraft) => boolean) | undefined;
  full: boolean;
}

export function fakeRecorder(): FakeRecorder {
  const appended: EntryDraft[] = [];
  const noted: EntryDraft[] = [];
  const recorder: FakeRecorder = {
    appended,
    noted,
    fail: undefined,
    full: false,
    append(draft, options) {
      if (recorder.fail?.(draft) === true) return Promise.reject(new Error("the disk is gone"));
      appended.push(draft);
      const index = parseEntryIndex(appended.length - 1);
      const id = options?.id ?? parseEntryId("0190b5a2-0000-7000-8000-000000000000");
      return Promise.resolve({ ref: { log: "test/log", index, leaf: "A".repeat(43) }, id, at: instant(0) });
    },
    note: (draft) => void noted.push(draft),
    room: () => (recorder.full ? { entries: 0, bytes: 0 } : { entries: 100, bytes: 1_000_000 }),
    domain: () => parseErasureDomainId(`e1:${"A".repeat(22)}`),
    commit: ({ mandate }, field, content) =>
      parseCommitment(
        `c1:${Buffer.from(digestOf(`${mandate.task}|${field}|${Buffer.from(content).toString("base64")}`))
          .toString("base64url")
          .slice(0, 43)}`,
      ),
  };
  return recorder;
}

/** What a fake policy says; `challenge` is lifted by evidence, `limit` masks personal data. */
export type FakeAnswer = "allow" | "log" | "limit" | "challenge" | "deny";

const REASONS: Readonly<Record<FakeAnswer, Decision["reason"]>> = {
  allow: "permitted",
  log: "logged",
  limit: "limited",
  challenge: "challenged",
  deny: "forbidden",
};

/** A decision as a policy of this name would make it. */
export function fakeDecision(answer: FakeAnswer, policy = `says-${answer}`): Decision {
  const digest = digestOf(policy);
  const hit = {
    id: policy,
    effect: answer === "allow" ? "permit" : "forbid",
    file: "rules.cedar",
    line: 1,
    digest,
  } as const;
  const tier = answer === "allow" ? "permit" : answer;
  return {
    at: instant(0),
    answer,
    mode: "enforce",
    reason: REASONS[answer],
    policies: [{ ...hit, tier }],
    errors: [],
    obligations: answer === "limit" ? [{ type: "redact", categories: [parseCategory("personal")], style: "mask" }] : [],
    challenges: answer === "challenge" ? [{ policy, profile: "p", kind: "approval", uses: 1, binds: [] }] : [],
    uses: [],
    setDigest: digestOf("set"),
  };
}

function observedDecision(would: FakeAnswer): Decision {
  const decision = { ...fakeDecision(would), mode: "observe" } as const;
  return would === "allow" || would === "log" ? decision : { ...decision, answer: "log", would };
}

/** A decider that answers by a function of action and resource, and keeps the questions. */
export function fakeDecider(
  answer: (action: string, resource: Ref, question: Question) => FakeAnswer,
): Decider & { readonly questions: Question[] } {
  const questions: Question[] = [];
  const decide = (question: Question): Decision => {
    questions.push(question);
    const said = answer(question.action, question.resource, question);
    const [evidence] = question.evidence ?? [];
    if (question.mode === "observe") return observedDecision(said);
    if (said !== "challenge" || evidence === undefined) return fakeDecision(said);
    return { ...fakeDecision("log"), reason: "discharged", uses: [evidence.id] };
  };
  return {
    questions,
    decide,
    decideMany: (question, resources) => resources.map((resource) => decide({ ...question, resource })),
    slice: (parts) => {
      const text = JSON.stringify(parts);
      return { text, digest: digestOf(text) };
    },
    current: () => null,
  };
}

/** Keeps no slices. */
export const NO_SLICES: Pick<Slices, "put"> = { put: () => undefined };

const IDENTITY = parseIdentityId("spiffe://test/agent/reader");

/** Lets a test's agent do everything anywhere below `http://localhost:7400`, for anything. */
export function fakeGrant(change: Partial<StepGrant> = {}): StepGrant {
  return {
    verbs: VERBS,
    locations: ["http://localhost:7400"],
    datatypes: [],
    constraints: [],
    labelMax: "restricted",
    jurisdictions: ["FR", "DE", "US"],
    purpose: "test",
    budget: {},
    ...change,
  };
}

const STEP = parseStepId("0190b5a2-0000-7000-8000-000000000003");

function fakeMandate(grant: StepGrant): Mandate {
  const mandate = {
    id: parseMandateId("0190b5a2-0000-7000-8000-000000000001"),
    task: parseTaskId("0190b5a2-0000-7000-8000-000000000002"),
    grantor: parseIdentityId("spiffe://test/human/AAAAAAAAAAAAAAAAAAAAAA"),
    holder: IDENTITY,
    grant,
    deadline: instant(2_000_000_000_000),
    depth: 3,
    request: digestOf("a test"),
  };
  return { ...mandate, state: "open", s256: mandateS256(mandate), v: 1 };
}

/** An active agent that proved itself. */
export function fakeStanding(change: Partial<Standing> = {}): Standing {
  const grant = change.grant ?? fakeGrant();
  const mandate = fakeMandate(grant);
  return {
    identity: IDENTITY,
    instance: parseInstanceId("spiffe://test/agent/reader/1"),
    kind: "agent",
    tenant: parseTenantId("main"),
    status: "active",
    sponsor: parseIdentityId("spiffe://test/human/AAAAAAAAAAAAAAAAAAAAAA"),
    blueprint: { id: "reader", version: 1 },
    purpose: "test",
    environment: "test",
    jurisdiction: "FR",
    synthetic: false,
    expires: instant(2_000_000_000_000),
    auth: { pop: "software", ageMs: 0 },
    assurance: 2,
    onBehalfOf: mandate.grantor,
    ownAuthority: false,
    mandate,
    step: STEP,
    path: [STEP],
    hop: 0,
    grant,
    scopes: [{ kind: "mandate", id: mandate.id }],
    token: { jti: "t-1", jkt: "k-1", issued: instant(0), exp: instant(2_000_000_000_000), once: false },
    ...change,
  };
}

/** Knows one identity, with the status that `status` says now. */
export function fakeIdentityView(status: () => Identity["status"] = () => "active"): IdentityView {
  const { tenant, purpose, environment, jurisdiction, synthetic, expires, kind } = fakeStanding();
  return {
    get: (id) =>
      id === IDENTITY
        ? { id, kind, tenant, status: status(), purpose, environment, jurisdiction, expires, synthetic, v: 1 }
        : undefined,
  };
}

/** A desk that answers every question as told, and keeps what it was asked. `approved` gives evidence that fits. */
export function fakeDesk(
  answer: "approved" | "denied" | "pending" = "denied",
): ApprovalDesk & Once & { readonly asked: DeskItem[] } {
  const asked: DeskItem[] = [];
  const id = parseApprovalId("0190b5a2-0000-7000-8000-00000000000a");
  const spent = new Set<string>();
  return {
    asked,
    open(item) {
      asked.push(item);
      return Promise.resolve({ id });
    },
    read: () => undefined,
    wait: () => Promise.resolve(answer),
    cancel: () => undefined,
    evidence: () => (answer === "approved" && asked.length > 0 ? asked.map((item) => evidenceOf(item, id)) : []),
    claim(_scope, key) {
      if (spent.has(key)) return Promise.resolve("taken");
      spent.add(key);
      return Promise.resolve("first");
    },
  };
}

function evidenceOf(item: DeskItem, id: ApprovalId): Evidence {
  const { principal, action, resource, argsDigest } = item.call;
  const fits = { principal, action, resource, argsDigest, binds: item.binds, policy: item.policyDigest };
  return { id, kind: "approval", ...fits, expires: instant(2_000_000_000_000), uses: 1, bound: [] };
}

/** Spends each key once. */
export function fakeOnce(): Once {
  const spent = new Set<string>();
  return {
    claim(_scope, key) {
      const result = spent.has(key) ? "taken" : "first";
      spent.add(key);
      return Promise.resolve(result);
    },
  };
}

/** Nothing is ever ended; what entered is kept, to be ended by hand. */
export function fakeInFlight(): InFlight & {
  readonly entered: { abort: AbortController; cut: OrderId | undefined }[];
} {
  const entered: { abort: AbortController; cut: OrderId | undefined }[] = [];
  return {
    entered,
    enter(_keys, abort) {
      const one = { abort, cut: undefined as OrderId | undefined };
      entered.push(one);
      return {
        get cut() {
          return one.cut;
        },
        sent: () => undefined,
        leave: () => undefined,
      };
    },
  };
}

/** Keeps what it is shown, and finds nothing in it. */
export function fakeEntryWatch(): EntryWatch & { readonly shown: EntryDraft[] } {
  const shown: EntryDraft[] = [];
  return {
    shown,
    see(_id, draft) {
      shown.push(draft);
      return [];
    },
  };
}

/** Everything is in one mode. */
export function fakeModes(mode: Mode = "enforce"): Modes {
  return { of: () => mode };
}

/** No tool ever changes. */
export const NO_PINS: ToolPins = { see: () => [], definition: () => undefined, list: () => [] };

/** Pins what it sees first of each shelf, and tells each drift once; a person accepts by `accept`. */
export function fakePins(): ToolPins & { accept(shelf: PinShelf, name: string): void } {
  const pinned = new Map<string, ToolDefinition>();
  const now = new Map<string, ToolDefinition>();
  const whole = new Set<PinShelf>();
  return {
    see(shelf, things, isEnd) {
      const drifts: ToolDrift[] = [];
      for (const [tool, { digest, said }] of things) {
        const key = `${shelf}/${tool}`;
        const pin = pinned.get(key);
        if (pin === undefined && !whole.has(shelf)) pinned.set(key, { digest, said });
        else if (pin?.digest === digest) now.delete(key);
        else if (now.get(key)?.digest !== digest) {
          now.set(key, { digest, said });
          const before = pin === undefined ? {} : { before: pin.digest, was: pin.said };
          drifts.push({ tool, change: pin === undefined ? "appeared" : "changed", after: digest, is: said, ...before });
        }
      }
      if (isEnd) whole.add(shelf);
      return drifts;
    },
    definition: (shelf, name) => pinned.get(`${shelf}/${name}`)?.said,
    list(shelf) {
      const keys = new Set([...pinned.keys(), ...now.keys()].filter((key) => key.startsWith(`${shelf}/`)));
      return [...keys].toSorted().map((key) => {
        const seen = now.get(key);
        return {
          tool: key.slice(shelf.length + 1),
          pinned: pinned.get(key) ?? {},
          ...(seen === undefined ? {} : { now: seen }),
        };
      });
    },
    accept(shelf, name) {
      const key = `${shelf}/${name}`;
      const seen = now.get(key);
      if (seen === undefined) return;
      pinned.set(key, seen);
      now.delete(key);
    },
  };
}

/** Nothing is planted. */
export const NO_DECOYS: Decoys = { any: false, find: () => undefined };

/** A feed that binds nothing, until `effect` says otherwise. */
export function fakeFeed(effect: () => Effect = () => "none"): FeedView {
  return { effect: () => ({ effect: effect() }), seq: () => 0, fresh: () => true };
}

/** A feed in memory, by a look through all its rows. `fails` keeps what comes next from being stored. */
export interface FakeControlFeed extends ControlFeed, FeedView {
  fails: boolean;
  readonly rows: ControlEntry[];
}

/** @param stored - rows of an earlier life of it */
export function fakeControlFeed(clock: Clock, stored: readonly ControlEntry[] = []): FakeControlFeed {
  const listeners = new Set<(entry: ControlEntry) => void>();
  const rows = [...stored];
  let waiting: ControlEntry[] = [];
  const publish = (row: ControlEntry): void => {
    rows.push(row);
    for (const listener of listeners) listener(row);
  };
  const seq = (): number => rows.length + waiting.filter(({ effect }) => effect === "none").length;
  const feed: FakeControlFeed = {
    fails: false,
    rows,
    append(drafts) {
      for (const draft of drafts) {
        const row = { ...draft, seq: seq() + 1, at: clock.now(), head: FEED_START };
        if (draft.effect !== "none") publish(row);
        waiting.push(row);
      }
      if (feed.fails) return { seq: seq(), durable: Promise.reject(new Error("the disk is gone")) };
      const loose = waiting.filter(({ effect }) => effect === "none");
      waiting = [];
      return { seq: seq() + loose.length, durable: Promise.resolve().then(() => loose.forEach(publish)) };
    },
    subscribe(from, callback) {
      for (const row of rows) if (row.seq > from) callback(row);
      listeners.add(callback);
      return () => void listeners.delete(callback);
    },
    head: () => ({ seq: seq(), head: FEED_START }),
    seq,
    fresh: () => true,
    effect(keys, issued) {
      const about = rows.filter((row) => keys.some((key) => key.kind === row.kind && key.id === row.id));
      const last = new Map(about.map((row) => [row.order, row]));
      const binding = [...last.values()].filter(({ order }) => order !== undefined);
      const killed = about.some((row) => row.effect === "isolate" && issued <= row.at);
      const strictest = FEED_EFFECTS.findLast((effect) => binding.some((row) => row.effect === effect)) ?? "none";
      const order = binding.find((row) => row.effect === strictest)?.order;
      return { effect: killed ? "isolate" : strictest, ...(order === undefined ? {} : { order }) };
    },
  };
  return feed;
}

/** Everything is domestic. */
export const domestic: TransferGate = {
  check: () => ({ verdict: "allowed", crossing: false, reviewed: true, rules: [], missing: [], basis: "domestic" }),
};
