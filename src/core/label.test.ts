// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  CoreError,
  type HoldId,
  join,
  LABEL_MAX_ORIGINS,
  type Label,
  LEVELS,
  levelRank,
  lowestTrust,
  NEUTRAL_LABEL,
  type OriginRef,
  type Purpose,
  parseCategory,
  parseJurisdiction,
  parseServerId,
  TLPS,
  TRUSTS,
  tlpRank,
  trustRank,
} from "./index.ts";

const words = <T extends string>(...list: T[]): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...list)).map((w) => w.toSorted());

function origin(n: number): OriginRef {
  return { kind: "tool", server: parseServerId(`s${n % 7}`), tool: `t${n}` };
}

const anyLabel: fc.Arbitrary<Label> = fc
  .record({
    level: fc.constantFrom(...LEVELS),
    categories: words("financial", "health", "personal").map((c) => c.map(parseCategory)),
    jurisdictions: words("DE", "EU", "FR", "US-CA").map((j) => j.map(parseJurisdiction)),
    purposes: fc.oneof(fc.constant("any" as const), words("audit", "billing", "care") as fc.Arbitrary<Purpose[]>),
    tlp: fc.constantFrom(null, ...TLPS),
    trust: fc.constantFrom(...TRUSTS),
    origins: fc.uniqueArray(fc.nat(200), { maxLength: 100 }).map((ns) => ns.map(origin)),
    holds: words("h1", "h2") as fc.Arbitrary<HoldId[]>,
    complete: fc.boolean(),
  })
  // a label is one that was joined: sorted, and with what does not fit beside it
  .map((label) => join(label));

test("P16: join is associative, commutative and idempotent, and the neutral label changes nothing", () => {
  fc.assert(
    fc.property(anyLabel, anyLabel, anyLabel, (a, b, c) => {
      expect(join(join(a, b), c)).toEqual(join(a, join(b, c)));
      expect(join(a, b)).toEqual(join(b, a));
      expect(join(a, a)).toEqual(a);
      expect(join(a, NEUTRAL_LABEL)).toEqual(a);
      expect(join(a, b, c)).toEqual(join(join(a, b), c));
    }),
  );
});

function allowed(label: Label, use: Purpose): boolean {
  return label.purposes === "any" || label.purposes.includes(use);
}

test("P16: a join is never looser than what was joined", () => {
  fc.assert(
    fc.property(anyLabel, anyLabel, (a, b) => {
      const both = join(a, b);
      expect(levelRank(both.level)).toBeGreaterThanOrEqual(levelRank(a.level));
      expect(tlpRank(both.tlp)).toBeGreaterThanOrEqual(tlpRank(a.tlp));
      expect(trustRank(both.trust)).toBeLessThanOrEqual(trustRank(a.trust));
      expect(both.categories).toEqual(expect.arrayContaining([...a.categories]));
      expect(both.complete && !a.complete).toBe(false);
      const uses = ["audit", "billing", "care", "training"] as Purpose[];
      expect(uses.filter((use) => allowed(both, use) && !allowed(a, use))).toEqual([]);
    }),
  );
});

test("P16: purposes that have nothing in common allow no use", () => {
  const audit = { ...NEUTRAL_LABEL, purposes: ["audit"] as Purpose[] };
  const billing = { ...NEUTRAL_LABEL, purposes: ["billing"] as Purpose[] };
  expect(join(audit, billing).purposes).toEqual([]);
  expect(join(audit, billing, audit).purposes).toEqual([]);
});

test("P16: no more than 64 origins are listed, and the others leave their bits", () => {
  const many = join(...Array.from({ length: 90 }, (_, n) => ({ ...NEUTRAL_LABEL, origins: [origin(n)] })));
  expect(many.origins).toHaveLength(LABEL_MAX_ORIGINS);
  expect(many.moreOrigins).toMatch(/^[0-9a-f]{64}$/);
  const few = join(...Array.from({ length: 64 }, (_, n) => ({ ...NEUTRAL_LABEL, origins: [origin(n)] })));
  expect(few.moreOrigins).toBeUndefined();
});

test("K4: words of labels are parsed, not taken", () => {
  expect(parseCategory("bulk-personal")).toBe("bulk-personal");
  expect(() => parseCategory("Personal data")).toThrow(CoreError);
  expect(() => parseJurisdiction("France")).toThrow(CoreError);
});

test("P22: trust is a total order from unknown to user", () => {
  expect(TRUSTS.map(trustRank)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(lowestTrust(["user", "peer", "tool"])).toBe("peer");
  expect(lowestTrust([])).toBe("user");
});
