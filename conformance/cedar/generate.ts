// SPDX-License-Identifier: Apache-2.0
// Random questions for the differential test: one schema with every type, policies that err as often as they hold, integers
// at the edges of 64 bits, extension values good and bad, templates with links, input that the schema refuses.
import * as fc from "fast-check";

export const SCHEMA = `
  type Address = { street: String, zip?: Long };
  entity Org;
  entity Group in [Group, Org] tags Long;
  entity Level enum ["low", "high"];
  entity User in [Group] = {
    age: Long, name: String, active?: Bool, home?: Address, boss?: User, limit?: decimal, host?: ipaddr, born?: datetime,
    shift?: duration, friends?: Set<User>, marks?: Set<Long>, level?: Level,
  } tags Set<String>;
  entity File in [Group] = { owner: User, size: Long, name: String, kept?: duration };
  action any;
  action read in [any] appliesTo { principal: [User], resource: [File, User], context: Context };
  action write in [any] appliesTo { principal: [User], resource: [File], context: Context };
  action "odd one" appliesTo { principal: [User], resource: [File], context: {} };
  type Context = {
    n: Long, text: String, flag?: Bool, ref?: User, plain?: { type: String, id: String }, at?: datetime, ip?: ipaddr,
    amount?: decimal, took?: duration, names?: Set<String>, deep?: { a?: { b?: { c?: Long } } },
    mandate?: { id: String }
  };`;

const LONGS = [
  "0",
  "1",
  "-1",
  "7",
  "9007199254740991",
  "9007199254740993",
  "9223372036854775807",
  "-9223372036854775808",
];
const TEXTS = ["", "a", "b", "a*b", "aab", "é😀", "low", "1.5", "\\n\\0"];
const DECIMALS = [
  "1.5",
  "-0.0001",
  "922337203685477.5807",
  "-922337203685477.5808",
  "922337203685477.5808",
  "1.23456",
  "1",
];
const IPS = [
  "127.0.0.1",
  "127.0.0.1/32",
  "10.1.0.0/16",
  "10.0.0.0/8",
  "::1",
  "ff02::1/16",
  "1:2:3:4:5:6:7::",
  "010.0.0.1",
  "::1.2.3.4",
  "fe80::1%1",
  "1.2.3.4/033",
];
const DATES = [
  "2024-02-29",
  "1969-12-31T23:59:59.999Z",
  "2024-01-01T00:00:00+2359",
  "0000-01-01",
  "9999-12-31T23:59:59Z",
  "2023-02-29",
  "2024-01-01T24:00:00Z",
  "2024-01-01T00:00:00",
];
const DURATIONS = [
  "1d2h3m4s5ms",
  "-1ms",
  "9223372036854775807ms",
  "-9223372036854775808ms",
  "106751991168d",
  "",
  "1h1d",
  "5ms",
  "-",
];
const USERS = ["u1", "u2", "u3", "ghost"];
const GROUPS = ["g1", "g2", "g3"];
const FILES = ["f1", "f2"];

/** One text of several, each as likely. */
const pick = (items: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...items);
const quoted = (items: readonly string[]): fc.Arbitrary<string> => pick(items).map((text) => `"${text}"`);
const made = (name: string, items: readonly string[]): fc.Arbitrary<string> =>
  quoted(items).map((t) => `${name}(${t})`);
const entity = fc.oneof(
  pick(USERS).map((id) => `User::"${id}"`),
  pick(GROUPS).map((id) => `Group::"${id}"`),
  pick(FILES).map((id) => `File::"${id}"`),
  pick(['Org::"o"', 'Action::"any"', 'Action::"read"', 'Level::"low"']),
);
const ATTRIBUTES = [
  "age",
  "name",
  "active",
  "home",
  "boss",
  "limit",
  "host",
  "born",
  "shift",
  "friends",
  "marks",
  "owner",
  "size",
  "kept",
  "n",
  "text",
  "flag",
  "ref",
  "plain",
  "at",
  "ip",
  "amount",
  "took",
  "names",
  "deep",
  "a",
  "b",
  "street",
  "zip",
  "type",
  "nowhere",
];
const PATHS = [
  "principal.age",
  "principal.home.zip",
  "principal.boss.name",
  "principal.marks",
  "principal.friends",
  "principal.level",
  "resource.owner.age",
  "resource.size",
  "resource.name",
  "context.n",
  "context.text",
  "context.flag",
  "context.ref.name",
  "context.plain.id",
  "context.at",
  "context.ip",
  "context.amount",
  "context.took",
  "context.names",
  "context.deep.a.b.c",
];
const BINARY = ["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "&&", "||", "in"];
const METHODS = [
  "contains",
  "containsAll",
  "containsAny",
  "hasTag",
  "getTag",
  "isInRange",
  "lessThan",
  "lessThanOrEqual",
  "greaterThan",
  "greaterThanOrEqual",
  "offset",
  "durationSince",
];
const GETTERS = [
  "isEmpty",
  "isIpv4",
  "isIpv6",
  "isLoopback",
  "isMulticast",
  "toDate",
  "toTime",
  "toMilliseconds",
  "toSeconds",
  "toMinutes",
  "toHours",
  "toDays",
];

const leaf = fc.oneof(
  { weight: 3, arbitrary: pick(LONGS).map((text) => `(${text})`) },
  { weight: 2, arbitrary: quoted(TEXTS) },
  { weight: 2, arbitrary: pick(["true", "false"]) },
  { weight: 3, arbitrary: entity },
  { weight: 4, arbitrary: pick(["principal", "action", "resource", "context"]) },
  { weight: 8, arbitrary: pick(PATHS) },
  made("decimal", DECIMALS),
  made("ip", IPS),
  made("datetime", DATES),
  made("duration", DURATIONS),
);

/** An expression of bounded depth, in brackets. */
const { expr } = fc.letrec<{ expr: string }>((tie) => {
  const sub = tie("expr");
  return {
    expr: fc.oneof(
      { depthSize: "small", maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.tuple(sub, pick(BINARY), sub).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc
        .tuple(sub, pick(["&&", "||"]), sub, pick(["&&", "||"]), sub)
        .map(([a, o, b, p, c]) => `((${a} ${o} ${b}) ${p} ${c})`),
      fc.tuple(sub, pick(METHODS), sub).map(([a, method, b]) => `(${a}).${method}(${b})`),
      fc.tuple(sub, pick(GETTERS)).map(([a, method]) => `(${a}).${method}()`),
      fc.tuple(sub, pick(ATTRIBUTES)).map(([a, name]) => `(${a}).${name}`),
      fc
        .tuple(sub, pick([...ATTRIBUTES, "a.b.c", "home.zip", "boss.home.street"]))
        .map(([a, name]) => `(${a} has ${name})`),
      fc
        .tuple(sub, pick(['"a*"', '"*"', '"*b"', '"a\\*b"', '"*a*b*"', '""']))
        .map(([a, pattern]) => `(${a} like ${pattern})`),
      fc.tuple(sub, pick(["User", "File", "Group"])).map(([a, type]) => `(${a} is ${type})`),
      fc.tuple(sub, pick(["User", "File"]), sub).map(([a, type, b]) => `(${a} is ${type} in ${b})`),
      fc.tuple(sub, sub, sub).map(([a, b, c]) => `(if ${a} then ${b} else ${c})`),
      fc.array(sub, { minLength: 1, maxLength: 4 }).map((items) => `[${items.join(", ")}]`),
      fc.tuple(sub, sub).map(([a, b]) => `{ a: ${a}, "odd name": ${b} }`),
      sub.map((a) => `(!(${a}))`),
      sub.map((a) => `(-(${a}))`),
    ),
  };
});

const principalScope = fc.oneof(
  { weight: 3, arbitrary: fc.constant("principal") },
  pick(USERS).map((id) => `principal == User::"${id}"`),
  pick(GROUPS).map((id) => `principal in Group::"${id}"`),
  pick(["principal is User", 'principal is User in Group::"g1"', 'principal in Org::"o"']),
);
const actionScope = pick([
  "action",
  'action == Action::"read"',
  'action in Action::"any"',
  'action in [Action::"write", Action::"odd one"]',
]);
const resourceScope = fc.oneof(
  { weight: 3, arbitrary: fc.constant("resource") },
  pick(FILES).map((id) => `resource == File::"${id}"`),
  pick(GROUPS).map((id) => `resource in Group::"${id}"`),
  pick(["resource is File", 'resource is File in Group::"g2"', "resource is User"]),
);
const effect = pick(["permit", "permit", "forbid"]);
const conditions = fc
  .array(fc.tuple(pick(["when", "unless"]), expr), { maxLength: 2 })
  .map((all) => all.map(([kind, e]) => ` ${kind} { ${e} }`).join(""));

const policy = fc
  .tuple(effect, principalScope, actionScope, resourceScope, conditions)
  .map(([e, p, a, r, c]) => `${e}(${p}, ${a}, ${r})${c};`);

export interface TemplateCase {
  readonly text: string;
  readonly principal?: string;
  readonly resource?: string;
}

const principalSlot = pick(["principal == ?principal", "principal in ?principal", "principal is User in ?principal"]);
const resourceSlot = pick(["resource == ?resource", "resource in ?resource", "resource is File in ?resource"]);

/** A template, and the ids of the entities that its one link binds. */
const template: fc.Arbitrary<TemplateCase> = fc
  .record({
    effect,
    p: principalSlot,
    r: resourceSlot,
    actionScope,
    conditions,
    which: fc.constantFrom("p", "r", "both"),
    who: pick([...USERS, ...GROUPS]),
    where: pick([...FILES, ...GROUPS]),
  })
  .map(({ effect: e, p, r, actionScope: a, conditions: c, which, who, where }) => ({
    text: `${e}(${which === "r" ? "principal" : p}, ${a}, ${which === "p" ? "resource" : r})${c};`,
    ...(which === "r" ? {} : { principal: who }),
    ...(which === "p" ? {} : { resource: where }),
  }));

/** JSON text, so that integers beyond 2^53 stay whole. */
const jsonText = (items: readonly string[]): fc.Arbitrary<string> => pick(items).map((t) => `"${t}"`);
const extension = (fn: string, items: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    jsonText(items),
    pick(items).map((t) => `{"__extn":{"fn":"${fn}","arg":"${t}"}}`),
    pick(items).map((t) => `{"fn":"${fn}","arg":"${t}"}`),
  );
const good = (items: readonly string[], count: number): readonly string[] => items.slice(0, count);
const userRef = pick(USERS).chain((id) =>
  pick([`{"type":"User","id":"${id}"}`, `{"__entity":{"type":"User","id":"${id}"}}`]),
);
const shifted = `{"__extn":{"fn":"offset","args":[{"__extn":{"fn":"datetime","arg":"2024-01-01"}},{"__extn":{"fn":"duration","arg":"1h"}}]}}`;

/** An object of members of which some may be missing; now and then a member is wrong. */
function object(
  required: Record<string, fc.Arbitrary<string>>,
  optional: Record<string, fc.Arbitrary<string>>,
): fc.Arbitrary<string> {
  const wrong = fc.oneof(
    { weight: 60, arbitrary: fc.constant("") },
    pick(['"extra":1', '"n":null', '"age":"x"', '"n":1.5', '"n":1e2', '"n":9223372036854775808', '"size":-0']),
  );
  return fc.tuple(fc.record(required), fc.record(optional, { requiredKeys: [] }), wrong).map(([a, b, bad]) => {
    const members = new Map(Object.entries({ ...a, ...b }).map(([name, value]) => [name, `"${name}":${value}`]));
    const [, name] = /^"(\w+)"/.exec(bad) ?? [];
    if (name !== undefined) members.set(name, bad);
    return `{${[...members.values()].join(",")}}`;
  });
}

const context = object(
  { n: pick(LONGS), text: jsonText(good(TEXTS, 7)) },
  {
    flag: pick(["true", "false"]),
    ref: userRef,
    plain: fc.constant('{"type":"User","id":"u1"}'),
    at: fc.oneof(extension("datetime", good(DATES, 5)), fc.constant(shifted)),
    ip: extension("ip", good(IPS, 7)),
    amount: extension("decimal", good(DECIMALS, 4)),
    took: extension("duration", good(DURATIONS, 4)),
    names: fc.array(jsonText(good(TEXTS, 6)), { maxLength: 12 }).map((items) => `[${items.join(",")}]`),
    deep: pick(["{}", '{"a":{}}', '{"a":{"b":{}}}', '{"a":{"b":{"c":7}}}']),
  },
);

const userAttributes = object(
  { age: pick(LONGS), name: jsonText(good(TEXTS, 7)) },
  {
    active: pick(["true", "false"]),
    home: pick(['{"street":"s"}', '{"street":"a","zip":7}']),
    boss: userRef,
    limit: extension("decimal", good(DECIMALS, 4)),
    host: extension("ip", good(IPS, 7)),
    born: extension("datetime", good(DATES, 5)),
    shift: extension("duration", good(DURATIONS, 4)),
    friends: fc.array(userRef, { maxLength: 3 }).map((items) => `[${items.join(",")}]`),
    marks: fc.array(pick(LONGS), { maxLength: 11 }).map((items) => `[${items.join(",")}]`),
    level: fc.oneof(
      { weight: 20, arbitrary: fc.constant('{"type":"Level","id":"low"}') },
      fc.constant('{"type":"Level","id":"middle"}'),
    ),
  },
);
const fileAttributes = object(
  { owner: userRef, size: pick(LONGS), name: jsonText(good(TEXTS, 7)) },
  { kept: extension("duration", good(DURATIONS, 4)) },
);

const parents = (allowed: readonly string[]): fc.Arbitrary<string> =>
  fc.subarray([...allowed]).map((ids) => `[${ids.map((id) => `{"type":"Group","id":"${id}"}`).join(",")}]`);
interface Body {
  readonly attributes: fc.Arbitrary<string>;
  readonly inside: fc.Arbitrary<string>;
  readonly tags: fc.Arbitrary<string>;
}
const body = (type: string, id: string, { attributes, inside, tags }: Body): fc.Arbitrary<string> =>
  fc
    .tuple(attributes, inside, tags)
    .map(([a, p, t]) => `{"uid":{"type":"${type}","id":"${id}"},"attrs":${a},"parents":${p},"tags":${t}}`);
const userTags = pick(["{}", '{"a":["x"]}', '{"a":[],"b":["y","z"]}']);
const groupTags = pick(["{}", '{"a":9223372036854775807,"low":-1}']);

const noTags = fc.constant("{}");
const users = bodies("User", ["u1", "u2", "u3"], () => ({
  attributes: userAttributes,
  inside: parents(GROUPS),
  tags: userTags,
}));
const files = bodies("File", FILES, () => ({ attributes: fileAttributes, inside: parents(GROUPS), tags: noTags }));
/** Groups lie only in groups after them, so that there is no cycle. */
const groups = bodies("Group", GROUPS, (id) => ({
  attributes: fc.constant("{}"),
  inside: parents(GROUPS.slice(GROUPS.indexOf(id) + 1)),
  tags: groupTags,
}));
const entities = fc.tuple(users, files, groups).map((all) => `[${all.flat().join(",")}]`);

/** Some of these entities. */
function bodies(type: string, ids: readonly string[], of: (id: string) => Body): fc.Arbitrary<readonly string[]> {
  return fc.subarray([...ids]).chain((some) => fc.tuple(...some.map((id) => body(type, id, of(id)))));
}

export interface Sample {
  readonly policies: readonly string[];
  readonly templates: readonly TemplateCase[];
  /** JSON text. */
  readonly entities: string;
  readonly questions: readonly {
    readonly principal: string;
    readonly action: string;
    readonly resource: string;
    /** JSON text. */
    readonly context: string;
  }[];
}

const question = fc.record({ principal: pick(USERS), action: pick(["read", "write"]), resource: pick(FILES), context });

/** Policies, entities, and so many questions about them. */
function sampleOf(minLength: number, maxLength: number): fc.Arbitrary<Sample> {
  return fc.record({
    policies: fc.array(policy, { minLength: 1, maxLength: 6 }),
    templates: fc.array(template, { maxLength: 2 }),
    entities,
    questions: fc.array(question, { minLength, maxLength }),
  });
}

/** Small: a failure is read by a person. */
export const SAMPLE: fc.Arbitrary<Sample> = sampleOf(1, 3);

/** Questions of one sample of {@link WIDE}: parsing is most of the work, and one parse serves them all. */
export const WIDE_QUESTIONS = 50;
export const WIDE: fc.Arbitrary<Sample> = sampleOf(WIDE_QUESTIONS, WIDE_QUESTIONS);
