// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { keeps } from "./constraint.ts";
import { compareDecimals, parseDecimal } from "./decimal.ts";
import {
  argsS256,
  CoreError,
  covers,
  type GrantCall,
  implies,
  type Json,
  parseJson,
  parseStepGrant,
  type StepGrant,
  stepGrantJson,
} from "./index.ts";
import { anyArgs, anyCall, anyConstraint, anyGrant, callNear, grantNear, slowlyCovers } from "./testing/grants.ts";

const GRANT = {
  verbs: ["view", "execute"],
  locations: ["https://gate.example/mcp/files"],
  datatypes: ["personal"],
  constraints: [
    { kind: "prefix", at: "/path", value: "/data/proj" },
    { kind: "range", at: "/amount", max: "100.00", unit: "EUR" },
  ],
  labelMax: "internal",
  jurisdictions: ["DE", "FR"],
  purpose: "billing",
  budget: { calls: 10, cost: { currency: "EUR", amount: "5.00" } },
} as const;
const parent = parseStepGrant(GRANT);
const changed = (change: Record<string, Json>): StepGrant => parseStepGrant({ ...GRANT, ...change });

const CALL: GrantCall = {
  verb: "execute",
  locations: ["https://gate.example/mcp/files/a"],
  datatypes: [],
  args: { path: "/data/proj/x", amount: 12.5 },
  level: "public",
  jurisdiction: "DE",
  purpose: "billing.invoices",
};

describe("implies", () => {
  it("I12: every grant is within itself", () => {
    fc.assert(
      fc.property(anyGrant, (grant) => {
        expect(implies(grant, grant)).toEqual({ ok: true });
      }),
    );
  });
  it("I12: within is transitive", () => {
    let within = 0;
    const chain = anyGrant.chain((a) => fc.tuple(fc.constant(a), grantNear(a)));
    const links = chain.chain(([a, b]) => fc.tuple(fc.constant(a), fc.constant(b), grantNear(b)));
    fc.assert(
      fc.property(links, ([a, b, c]) => {
        if (!implies(b, a).ok || !implies(c, b).ok) return true;
        within += 1;
        return implies(c, a).ok;
      }),
      { numRuns: 2000 },
    );
    expect(within).toBeGreaterThan(20);
  });
  it("P1: what a child lets through, every wider grant lets through, says a slow evaluator", () => {
    const pairs = anyGrant
      .chain((wide) => fc.tuple(fc.constant(wide), grantNear(wide)))
      .chain(([wide, near]) =>
        fc.tuple(fc.constant(wide), fc.constant(near), fc.array(callNear(near), { minLength: 8 })),
      );
    let within = 0;
    let covered = 0;
    fc.assert(
      fc.property(pairs, ([wide, near, calls]) => {
        if (!implies(near, wide).ok) return;
        within += 1;
        for (const call of calls) {
          if (!slowlyCovers(near, call)) continue;
          covered += 1;
          expect(slowlyCovers(wide, call)).toBe(true);
        }
      }),
      { numRuns: 4000 },
    );
    expect([within > 100, covered > 20]).toEqual([true, true]);
  });
  it("P1: one constraint that implies another lets no arguments through that the other stops", () => {
    let within = 0;
    fc.assert(
      fc.property(anyConstraint, anyConstraint, anyArgs, (own, wide, args) => {
        const [near] = changed({ constraints: [own] }).constraints;
        const [limit] = changed({ constraints: [wide] }).constraints;
        const isIn = implies(changed({ constraints: [own] }), changed({ constraints: [wide] })).ok;
        if (!isIn || near === undefined || limit === undefined || !keeps(args, near)) return;
        within += 1;
        expect(keeps(args, limit)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
    expect(within).toBeGreaterThan(20);
  });
  it.each<[string, Record<string, Json>]>([
    ["verbs", { verbs: ["view", "share"] }],
    ["locations", { locations: ["https://gate.example/mcp"] }],
    ["locations", { locations: ["https://gate.example/mcp/files2"] }],
    ["datatypes", { datatypes: ["personal", "health"] }],
    ["constraints", { constraints: [GRANT.constraints[0]] }],
    ["constraints", { constraints: [GRANT.constraints[0], { ...GRANT.constraints[1], unit: "USD" }] }],
    ["constraints", { constraints: [GRANT.constraints[0], { ...GRANT.constraints[1], max: "100.001" }] }],
    ["constraints", { constraints: [{ ...GRANT.constraints[0], value: "/data" }, GRANT.constraints[1]] }],
    ["constraints", { constraints: [{ ...GRANT.constraints[0], at: "/paths/*" }, GRANT.constraints[1]] }],
    ["constraints", { constraints: [{ kind: "absent", at: "/path" }, GRANT.constraints[1]] }],
    ["labelMax", { labelMax: "confidential" }],
    ["jurisdictions", { jurisdictions: ["DE", "US"] }],
    ["purpose", { purpose: "billings" }],
    ["budget", { budget: { calls: 11, cost: { currency: "EUR", amount: "5.00" } } }],
    ["budget", { budget: { cost: { currency: "EUR", amount: "5.00" } } }],
    ["budget", { budget: { calls: 10 } }],
    ["budget", { budget: { calls: 10, cost: { currency: "USD", amount: "1.00" } } }],
    ["budget", { budget: { calls: 10, cost: { currency: "EUR", amount: "5.000000000000000000001" } } }],
  ])("I12: wider in %s is refused", (dimension, change) => {
    expect(implies(changed(change), parent)).toMatchObject({ ok: false, dimension });
  });
  it("I12: certain arguments stay certain", () => {
    const certain = changed({ argsS256: argsS256({ a: 1 }) });
    expect(implies(certain, parent)).toEqual({ ok: true });
    expect(implies(parent, certain)).toMatchObject({ ok: false, dimension: "argsS256" });
    expect(implies(changed({ argsS256: argsS256({ a: 2 }) }), certain)).toMatchObject({ ok: false });
  });
  it.each<[string, Json, Json, boolean]>([
    [
      "exact => one_of",
      { kind: "exact", at: "/p", value: "a" },
      { kind: "one_of", at: "/p", values: ["a", "b"] },
      true,
    ],
    ["exact => prefix", { kind: "exact", at: "/p", value: "/a/b" }, { kind: "prefix", at: "/p", value: "/a" }, true],
    ["exact => range", { kind: "exact", at: "/p", value: 5 }, { kind: "range", at: "/p", min: "5", unit: "ms" }, true],
    [
      "exact => max_length",
      { kind: "exact", at: "/p", value: "é" },
      { kind: "max_length", at: "/p", max: 1, unit: "bytes" },
      false,
    ],
    [
      "one_of => prefix",
      { kind: "one_of", at: "/p", values: ["/a/b", "/ab"] },
      { kind: "prefix", at: "/p", value: "/a" },
      false,
    ],
    ["one_of => exact", { kind: "one_of", at: "/p", values: ["a"] }, { kind: "exact", at: "/p", value: "a" }, false],
    ["exact => absent", { kind: "exact", at: "/p", value: "a" }, { kind: "absent", at: "/p" }, false],
    [
      "prefix => one_of",
      { kind: "prefix", at: "/p", value: "/a" },
      { kind: "one_of", at: "/p", values: ["/a"] },
      false,
    ],
  ])("I12: the table: %s", (_what, own, wide, ok) => {
    expect(implies(changed({ constraints: [own] }), changed({ constraints: [wide] })).ok).toBe(ok);
  });
});

describe("covers", () => {
  it("P1: says what a slow evaluator says", () => {
    const near = anyGrant.chain((grant) => fc.tuple(fc.constant(grant), callNear(grant)));
    const pairs = fc.oneof(fc.tuple(anyGrant, anyCall), near);
    let yes = 0;
    fc.assert(
      fc.property(pairs, ([grant, call]) => {
        const { ok } = covers(grant, call);
        yes += Number(ok);
        expect(ok).toBe(slowlyCovers(grant, call));
      }),
      { numRuns: 10_000 },
    );
    expect(yes).toBeGreaterThan(20);
  });
  it.each<[string, Partial<GrantCall>]>([
    ["verbs", { verb: "share" }],
    ["locations", { locations: [] }],
    ["locations", { locations: ["https://gate.example/mcp/files/a", "https://gate.example/mcp/mail"] }],
    ["locations", { locations: ["https://gate.example/mcp/files/../mail"] }],
    ["datatypes", { datatypes: ["health"] }],
    ["constraints", { args: { path: "/data/project/x", amount: 1 } }],
    ["constraints", { args: { path: "/data/proj/x" } }],
    ["constraints", { args: { path: "/data/proj/x", amount: "12 USD" } }],
    ["constraints", { args: { path: "/data/proj/x", amount: "1e1" } }],
    ["labelMax", { level: "confidential" }],
    ["jurisdictions", { jurisdiction: "US" }],
    ["purpose", { purpose: "bill" }],
  ])("I11: a call outside %s is not covered", (dimension, change) => {
    expect(covers(parent, CALL)).toEqual({ ok: true });
    expect(covers(parent, { ...CALL, ...change })).toMatchObject({ ok: false, dimension });
  });
  it("I25: a grant for certain arguments is for these, in any spelling, and for no others", () => {
    const args = parseJson('{"path":"/data/proj/x","amount":12.50}');
    const grant = changed({ argsS256: argsS256({ amount: 12.5, path: "/data/proj/x" }) });
    expect(covers(grant, { ...CALL, args })).toEqual({ ok: true });
    const other = { path: "/data/proj/x", amount: 12.51 };
    expect(covers(grant, { ...CALL, args: other })).toMatchObject({ ok: false, dimension: "argsS256" });
  });
  it("I11: no number is rounded on the way to a limit", () => {
    const grant = changed({ constraints: [{ kind: "range", at: "/n", max: "9007199254740992", unit: "count" }] });
    for (const [text, ok] of [
      ["9007199254740992", true],
      ["9007199254740993", false],
      ["9007199254740992.0000000000000001", false],
      ["9.007199254740992e15", true],
      ["1e999999999", false],
      ["-1e999999999", true],
    ] as const) {
      expect([text, covers(grant, { ...CALL, args: parseJson(`{"n":${text}}`) }).ok]).toEqual([text, ok]);
    }
  });
});

describe("parsing a grant", () => {
  it("I11: what is written is read back", () => {
    fc.assert(
      fc.property(anyGrant, (grant) => {
        expect(parseStepGrant(stepGrantJson(grant))).toEqual(grant);
      }),
    );
  });
  it.each<[string, Record<string, Json>]>([
    ["more", { more: 1 }],
    ["verbs[0]", { verbs: ["read"] }],
    ["verbs", { verbs: [] }],
    ["verbs", { verbs: ["view", "view"] }],
    ["locations[0]", { locations: ["https://u@gate.example/"] }],
    ["locations[0]", { locations: ["/mcp/files"] }],
    ["datatypes[0]", { datatypes: ["Personal"] }],
    ["labelMax", { labelMax: "secret" }],
    ["jurisdictions[0]", { jurisdictions: ["Germany"] }],
    ["purpose", { purpose: "Billing of things" }],
    ["budget", { budget: { seconds: 1 } }],
    ["budget.calls", { budget: { calls: "1" } }],
    ["budget.cost.currency", { budget: { cost: { currency: "XXZ", amount: "1" } } }],
    ["budget.cost.amount", { budget: { cost: { currency: "EUR", amount: 1 } } }],
    ["constraints[0].kind", { constraints: [{ kind: "regex", at: "/a", value: "x" }] }],
    ["constraints[0]", { constraints: [{ kind: "exact", at: "/a", value: "x", unless: true }] }],
    ["constraints[0]", { constraints: [{ kind: "exact", at: "/a" }] }],
    ["constraints[0].at", { constraints: [{ kind: "absent", at: "a" }] }],
    ["constraints[0].unit", { constraints: [{ kind: "range", at: "/a", max: "1", unit: "parsec" }] }],
    ["constraints[0].max", { constraints: [{ kind: "range", at: "/a", max: 1, unit: "ms" }] }],
    ["constraints[0].max", { constraints: [{ kind: "range", at: "/a", max: "1e3", unit: "ms" }] }],
    ["constraints[0].unit", { constraints: [{ kind: "max_length", at: "/a", max: 1, unit: "pages" }] }],
    ["constraints[0].value", { constraints: [{ kind: "prefix", at: "/a", value: "../x" }] }],
    ["constraints[0].value", { constraints: [{ kind: "exact", at: "/a", value: { b: 1 } }] }],
    ["argsS256", { argsS256: "abc" }],
  ])("I11: refused, and it says where: %s", (where, change) => {
    expect(() => changed(change)).toThrow(CoreError);
    expect(() => changed(change)).toThrow(where);
  });
  it("I11: a member that is left out is refused", () => {
    for (const name of Object.keys(GRANT)) {
      const rest = Object.fromEntries(Object.entries(GRANT).filter(([other]) => other !== name));
      expect(() => parseStepGrant(rest)).toThrow(`${name} is missing`);
    }
  });
  it("I11: anything at all throws nothing but its error", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(() => parseStepGrant(parseJson(JSON.stringify(json)))).toThrow(CoreError);
      }),
    );
  });
  it("a token's header has room: over 4 KiB is refused", () => {
    const locations = Array.from({ length: 60 }, (_, i) => `https://gate.example/${"x".repeat(70)}/${i}`);
    expect(() => changed({ locations })).toThrow("over 4096 bytes");
  });
});

test("I11: decimals compare as whole numbers scaled alike do", () => {
  const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat(12)).map(([n, scale]) => {
    const digits = String(n < 0n ? -n : n).padStart(scale + 1, "0");
    const text = `${n < 0n ? "-" : ""}${digits.slice(0, digits.length - scale)}${scale === 0 ? "" : `.${digits.slice(-scale)}`}`;
    return { text, value: n * 10n ** BigInt(12 - scale) };
  });
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const expected = a.value < b.value ? -1 : Number(a.value > b.value);
      expect(Math.sign(compareDecimals(parseDecimal(a.text), parseDecimal(b.text)) ?? Number.NaN)).toBe(expected);
    }),
  );
});
