// SPDX-License-Identifier: Apache-2.0
import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import {
  type Decision,
  type EntityJson,
  instant,
  type Json,
  type JsonObject,
  parseDomainId,
  parsePointId,
  type Question,
  type Ref,
  type SealKey,
  type Slice,
} from "../../core/index.ts";
import { fakeClock, fakeLog } from "../../core/testing/system.ts";
import { createDecider } from "../decider.ts";
import type { PolicySet } from "../policy-set.ts";
import { bundleOf, PROFILES } from "../testing/bundle.ts";
import { type RecordedDecision, replay } from "./replay.ts";
import { emptySummary, type ReplaySummary } from "./summary.ts";

const SCHEMA = `
entity Team;
entity Person in [Team] = { level: Long, name: String, @record("value") desk: String };
entity Paper = { owner: Person, tags: Set<String>, kind: String, size: decimal, from: ipaddr };
type Place = { town: String, code?: String };
action look, sign appliesTo { principal: Person, resource: Paper, context: {
  count: Long, place: Place, @record("value") words: { how: String, all: Set<String> }, at: datetime, big?: Long
} };
`;
const RULES = `
@id("looks") permit (principal is Person, action, resource is Paper);
@id("own") @answer("log") forbid (principal, action, resource)
when { resource.owner == principal && context.words.how == "quick" };
@id("town") @answer("challenge") @remedy("ask") forbid (principal, action, resource) when { context.place.town == "Bonn" };
@id("tags") forbid (principal, action, resource)
when { resource.tags.containsAny(["secret", "draft"]) && principal.level < 3 };
@id("desk") @answer("limit") @obligation("mask") forbid (principal, action, resource) when { principal.desk == "open" };
@id("like") forbid (principal, action, resource) when { context.count > 8 && principal.name like "B*" };
@id("same") forbid (principal, action, resource) when { context.place.town == principal.name };
@id("near") forbid (principal, action, resource)
when { resource.from == ip("10.0.0.1/32") || (context has big && context.big > 9007199254740993) };
`;
/** The same rules, and what each of some changes makes of them. */
const CANDIDATES: Readonly<Record<string, string>> = {
  same: RULES,
  looser: RULES.replace("containsAny", "containsAll"),
  stricter: `${RULES}@id("more") forbid (principal, action in Action::"sign", resource) when { resource.kind != "memo" };`,
  otherWords: RULES.replace('"Bonn"', '"Köln"').replace('"quick"', '"slow"'),
  ranges: `${RULES}@id("range") forbid (principal, action, resource) when { resource.from.isInRange(ip("10.0.0.0/8")) };`,
  many: `${RULES}@id("many") forbid (principal, action, resource)
when { ["a","b","c","d","e","f","g","h","i","Köln"].contains(context.place.town) };`,
};

const DOMAIN = parseDomainId("papers");
const KEY: SealKey = {
  id: "2026-11-22",
  seal: (text) => createHmac("sha256", "TEST").update(text).digest().toString("base64url", 0, 16),
};
const SEALS = { current: () => KEY, salt: () => "c2FsdA" };
const keyOf = (name: string): Promise<SealKey | undefined> => Promise.resolve(name === KEY.id ? KEY : undefined);

const sets = new Map<string, PolicySet>();
beforeAll(async () => {
  for (const [name, rules] of Object.entries(CANDIDATES)) {
    const files = {
      "bailiwick.yaml": "name: t\ndomain: papers\nowner: t\n",
      "schema.cedarschema": SCHEMA,
      ...PROFILES,
    };
    sets.set(name, (await bundleOf({ ...files, "10-rules.cedar": rules })).set);
  }
});

function decider(name: string): ReturnType<typeof createDecider> {
  const made = createDecider({ clock: fakeClock(), log: fakeLog(), seals: SEALS });
  made.swap(DOMAIN, sets.get(name) ?? null);
  return made;
}

const word = fc.constantFrom("Bonn", "Köln", "Ben", "secret", "draft", "", "B*", "\u{1f600}");
const anyQuestion: fc.Arbitrary<Question> = fc
  .record({
    level: fc.integer({ min: 0, max: 5 }),
    name: word,
    desk: fc.constantFrom("open", "shut"),
    tags: fc.array(word, { maxLength: 12 }),
    kind: fc.constantFrom("memo", "letter"),
    from: fc.constantFrom("10.0.0.1", "10.0.0.1/32", "::1", "192.168.0.0/16"),
    count: fc.integer({ min: 0, max: 12 }),
    town: word,
    code: fc.option(word, { nil: undefined }),
    how: fc.constantFrom("quick", "slow"),
    big: fc.constantFrom<Json | undefined>(undefined, 3),
    action: fc.constantFrom("look", "sign"),
    observed: fc.boolean(),
    duties: fc.boolean(),
  })
  .map((of) => {
    const owner: Ref = { type: "Person", id: "ann" };
    const person: EntityJson = {
      uid: owner,
      attrs: { level: of.level, name: of.name, desk: of.desk },
      parents: [{ type: "Team", id: "red" }],
    };
    const paper = (id: string): EntityJson => ({
      uid: { type: "Paper", id },
      attrs: { owner: { type: "Person", id: "ann" }, tags: of.tags, kind: of.kind, size: "12.50", from: of.from },
      parents: [],
    });
    const place: JsonObject = { town: of.town, ...(of.code === undefined ? {} : { code: of.code }) };
    const more: JsonObject = of.big === undefined ? {} : { big: of.big };
    return {
      domain: DOMAIN,
      principal: owner,
      action: of.action,
      resource: { type: "Paper", id: "one" },
      context: { count: of.count, place, words: { how: of.how, all: [of.how] }, at: "2026-11-22T00:00:00Z", ...more },
      entities: [person, paper("one"), paper("two")],
      pep: { id: parsePointId("test/mcp"), ...(of.duties ? { obligations: new Set(["redact"]) } : {}) },
      at: instant(1_796_547_600_000),
      mode: of.observed ? "observe" : "enforce",
    };
  });

function meant(all: readonly Decision[]): readonly string[] {
  return all.map((one) => one.would ?? one.answer);
}

interface Made {
  readonly slice: Slice;
  readonly decisions: readonly Decision[];
}

const RESOURCES: readonly Ref[] = [
  { type: "Paper", id: "one" },
  { type: "Paper", id: "two" },
  { type: "Planet", id: "none" },
];

function asked(by: ReturnType<typeof createDecider>, questions: readonly Question[]): Made {
  const decisions = questions.flatMap((question) => by.decideMany(question, RESOURCES.slice(0, 2)));
  return { decisions, slice: by.slice([{ name: "call", decisions }]) };
}

function recorded(slices: readonly Slice[]): RecordedDecision[] {
  return slices.map(({ digest, text }, index) => ({
    index,
    reference: `BW-${index}`,
    at: instant(0),
    identity: "ann",
    tool: "t",
    input: digest,
    slice: text,
    answer: "allow",
  }));
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield item;
}

async function against(name: string, slices: readonly Slice[]): Promise<ReplaySummary> {
  const set = sets.get(name);
  if (set === undefined) throw new Error(name);
  return replay(each(recorded(slices)), { set, domain: DOMAIN }, keyOf);
}

test("D44, D46: the same set gives the same answers, policies, errors and obligations, byte for byte", async () => {
  const by = decider("same");
  await fc.assert(
    fc.asyncProperty(fc.array(anyQuestion, { minLength: 1, maxLength: 3 }), async (questions) => {
      const summary = await against("same", [asked(by, questions).slice]);
      expect(summary.same).toEqual({ decisions: 1, differing: 0 });
      expect(summary.changes.tightened + summary.changes.loosened).toBe(0);
    }),
    { numRuns: 150 },
  );
});

test("D46: what a replay says of another set is what that set would have said; else it says that it does not know", async () => {
  const by = decider("same");
  const seen = { unchanged: 0, tightened: 0, loosened: 0, undecidable: 0 };
  for (const name of Object.keys(CANDIDATES)) {
    const other = decider(name);
    await fc.assert(
      fc.asyncProperty(anyQuestion, async (question) => {
        const { slice, decisions } = asked(by, [question]);
        const { changes, examples } = await against(name, [slice]);
        const [before, after] = [meant(decisions), meant(asked(other, [question]).decisions)];
        const order = ["allow", "log", "limit", "challenge", "deny"];
        const worst = (answers: readonly string[]): number => Math.max(...answers.map((one) => order.indexOf(one)));
        const rise = Math.sign(worst(after) - worst(before));
        for (const kind of ["unchanged", "tightened", "loosened", "undecidable"] as const) seen[kind] += changes[kind];
        if (changes.undecidable === 1) return;
        expect([changes.loosened, changes.unchanged, changes.tightened].indexOf(1) - 1).toBe(rise);
        for (const { from, to } of examples) expect([order[worst(before)], order[worst(after)]]).toEqual([from, to]);
      }),
      { numRuns: 60 },
    );
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  // most of what can be asked of a sealed text is whether it is this one
  expect(seen.undecidable).toBeLessThan(seen.unchanged);
});

test("D45: nothing that the schema does not say to record is in a slice", () => {
  const by = decider("same");
  fc.assert(
    fc.property(anyQuestion, (question) => {
      const { text } = asked(by, [question]).slice;
      for (const hidden of ["Bonn", "Köln", "draft", "letter", "memo", "10.0.0.1", "::1"]) {
        expect(text).not.toContain(`"${hidden}"`);
      }
      expect(text).toContain('"sealed":');
      expect(text).toMatch(/"how":"(?:quick|slow)"/);
      expect(text).toContain('"size":"12.50"');
    }),
    { numRuns: 40 },
  );
});

const QUESTION = fc.sample(anyQuestion, { numRuns: 1, seed: 1 })[0];

test("D46: a slice that is lost, changed, unreadable or without its key is undecidable, never unchanged", async () => {
  if (QUESTION === undefined) throw new Error("no question");
  const { slice } = asked(decider("same"), [QUESTION]);
  const [fine] = recorded([slice]);
  const set = sets.get("same");
  if (fine === undefined || set === undefined) throw new Error("nothing recorded");
  const cases: readonly (readonly [string, Partial<RecordedDecision>])[] = [
    ["its slice is not kept", { slice: undefined }],
    ["its slice is not the one that its entry names", { slice: slice.text.replace("ann", "bob") }],
  ];
  for (const [why, change] of cases) {
    const summary = await replay(each([{ ...fine, ...change }]), { set, domain: DOMAIN }, keyOf);
    expect(summary.changes).toEqual({ unchanged: 0, tightened: 0, loosened: 0, undecidable: 1 });
    expect(summary.examples).toMatchObject([{ change: "undecidable", because: [why], index: 0 }]);
  }
  const erased = await replay(each([fine]), { set, domain: DOMAIN }, () => Promise.resolve(undefined));
  expect(erased.rules).toMatchObject([{ name: "the key of its slice is erased", undecidable: 1 }]);
  const nothing = await replay(each([{ ...fine, input: undefined }]), { set, domain: DOMAIN }, keyOf);
  expect(nothing).toMatchObject({ entries: 0, decisions: 0, next: 1 });
});

test("D46: a replay that stops goes on from its summary, and comes to the same", async () => {
  const by = decider("same");
  const slices = fc.sample(anyQuestion, { numRuns: 600, seed: 7 }).map((question) => asked(by, [question]).slice);
  const set = sets.get("looser");
  if (set === undefined) throw new Error("no set");
  const all = recorded(slices);
  const whole = await replay(each(all), { set, domain: DOMAIN }, keyOf);
  const stop = new AbortController();
  const half = await replay(each(all), { set, domain: DOMAIN }, keyOf, {
    signal: stop.signal,
    told: () => stop.abort(),
  });
  expect(half.next).toBe(256);
  const rest = await replay(each(all.slice(half.next)), { set, domain: DOMAIN }, keyOf, {
    from: JSON.parse(JSON.stringify(half)) as ReplaySummary,
  });
  expect(rest).toEqual(whole);
  expect(whole.changes.loosened).toBeGreaterThan(10);
  expect(whole.examples.filter(({ change }) => change === "loosened")).toHaveLength(10);
  expect(whole.pairs.reduce((sum, { count }) => sum + count, 0)).toBe(whole.changes.loosened + whole.changes.tightened);
});

test("D46: however many names there are, a summary stays small", async () => {
  if (QUESTION === undefined) throw new Error("no question");
  const { slice } = asked(decider("same"), [QUESTION]);
  const set = sets.get("same");
  if (set === undefined) throw new Error("no set");
  const [fine] = recorded([slice]);
  if (fine === undefined) throw new Error("nothing recorded");
  const many = Array.from({ length: 2000 }, (_, at) => ({ ...fine, index: at, identity: `i${at}`, slice: undefined }));
  const summary = await replay(each(many), { set, domain: DOMAIN }, keyOf, { from: emptySummary(set.digest, 0) });
  expect(summary.changes.undecidable).toBe(2000);
  expect(summary.identities).toHaveLength(501);
  expect(summary.examples).toHaveLength(10);
});
