// SPDX-License-Identifier: Apache-2.0
// Verdicts on the rows of the data: what applies, what is released, what is open, and where a row stands on a day.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { caseOf, day, REGIMES, rowOf } from "../testing/regimes.ts";
import { judgeDuty } from "./judge.ts";
import type { CaseInput, EntityInput, Value } from "./read-case.ts";
import { standingOf } from "./standing.ts";
import type { CaseState } from "./state.ts";
import type { DutyVerdict, Reason, StageVerdict } from "./verdict.ts";

const ON = day("2026-12-06");

function judge(id: string, input: CaseInput, on: string = ON): DutyVerdict {
  return judgeDuty(rowOf(id), caseOf(input), day(on));
}

function stagesOf(verdict: DutyVerdict): Readonly<Record<string, string>> {
  return Object.fromEntries(verdict.stages.map(({ stage, verdict: own }) => [stage, own]));
}

const complete = { roles_complete: true, est_complete: true, serves_complete: true, free_zones_complete: true };
const breach = { "data.personal": true, "data.confidentiality_lost": true } as const;
const controller: CaseInput = {
  entity: { ...complete, roles: ["controller"], est: ["DE"], serves: ["DE", "GB"] },
  people: { complete: true, by: { DE: 120, GB: [10, 40] } },
  facts: { ...breach, "risk.people": "likely" },
};
const withFacts = (facts: CaseInput["facts"]): CaseInput => ({
  ...controller,
  facts: { ...controller.facts, ...facts },
});

/** An essential entity with a significant incident. */
function essential(...est: readonly string[]): CaseInput {
  return {
    entity: { ...complete, roles: ["eu.essential_entity"], est },
    facts: { "cyber.incident": true, "cyber.significant": true },
  };
}

/** A financial entity of which no criterion is met but these. */
function bank(facts: CaseInput["facts"]): CaseInput {
  return {
    entity: { ...complete, roles: ["eu.financial_entity"], est: ["FR"] },
    facts: {
      "ops.incident": true,
      "service.critical_function": true,
      "dora.classified_major": false,
      "dora.recurring_major": false,
      "cyber.malicious": false,
      "impact.clients_count": 0,
      "impact.counterparts_pct": 0,
      "impact.transactions_pct": 0,
      "impact.transactions_value_pct": 0,
      "impact.relevant_client": false,
      "impact.reputational": false,
      "impact.duration_hours": 0,
      "impact.critical_downtime_hours": 0,
      "impact.member_states": 1,
      "data.adverse_business_impact": false,
      "impact.clients_pct": 0,
      "impact.cost_eur": 0,
      ...facts,
    },
  };
}

describe("J31: verdicts", () => {
  test("a duty whose condition is true applies, and asks nothing", () => {
    expect(judge("EU-GDPR-33", controller)).toMatchObject({
      verdict: "applies",
      standing: "in_force",
      asks: [],
      could: [],
    });
  });

  test("trap: the register entry is due although the notification is exempt", () => {
    const verdict = judge("EU-GDPR-33", withFacts({ "risk.people": "unlikely" }));
    expect(verdict.verdict).toBe("applies");
    expect(stagesOf(verdict)).toEqual({ notification: "not", register: "applies" });
    expect(verdict.stages[0]?.released?.truth).toBe("true");
  });

  test("an exemption of which nobody knows does not release: it is a question that could", () => {
    const verdict = judge("EU-GDPR-33", { ...controller, facts: breach });
    expect(stagesOf(verdict)).toEqual({ notification: "applies", register: "applies" });
    expect(verdict).toMatchObject({ verdict: "applies", asks: ["risk.people"], could: ["risk.people"] });
  });

  test("what is unknown makes needs, and never not", () => {
    const verdict = judge("EU-GDPR-33", { ...controller, facts: { "data.personal": true } });
    expect(verdict.verdict).toBe("needs");
    expect(verdict.asks).toEqual([
      "data.confidentiality_lost",
      "data.integrity_lost",
      "data.availability_lost",
      "risk.people",
    ]);
    expect(stagesOf(verdict)).toEqual({ notification: "needs", register: "needs" });
    expect(REGIMES.rows.size).toBe(133);
    for (const row of REGIMES.rows.values()) expect(judgeDuty(row, caseOf({}), ON).verdict, row.duty.id).toBe("needs");
  });

  test("a duty that is out asks nothing for its stages", () => {
    const verdict = judge("EU-GDPR-33", { ...controller, facts: { "data.personal": false } });
    expect(verdict).toMatchObject({ verdict: "not", asks: [], could: [] });
    expect(stagesOf(verdict)).toEqual({ notification: "not", register: "not" });
  });

  test("trap: who is a financial entity files under DORA and not under NIS2 as well", () => {
    const facts = { "cyber.incident": true, "cyber.significant": true };
    const both: CaseInput = {
      entity: { ...complete, roles: ["eu.essential_entity", "eu.financial_entity"], est: ["FR"] },
      facts,
    };
    expect(judge("EU-NIS2-23", both)).toMatchObject({ verdict: "not", released: { truth: "true" } });
    const utility: CaseInput = { entity: { ...complete, roles: ["eu.essential_entity"], est: ["FR"] }, facts };
    expect(judge("EU-NIS2-23", utility).verdict).toBe("applies");
    const open: CaseInput = {
      entity: { ...complete, roles: ["eu.essential_entity"], roles_complete: false, est: ["FR"] },
      facts,
    };
    expect(judge("EU-NIS2-23", open)).toMatchObject({
      verdict: "applies",
      could: expect.arrayContaining(["role(eu.financial_entity)"]) as unknown,
    });
  });

  test("J8: the row of a Member State replaces the Directive's there, and only there", () => {
    expect(rowOf("EU-NIS2-23").replacedBy).toEqual(["DE-BSIG-32"]);
    expect([judge("EU-NIS2-23", essential("DE")).verdict, judge("DE-BSIG-32", essential("DE")).verdict]).toEqual([
      "not",
      "applies",
    ]);
    expect([judge("EU-NIS2-23", essential("FR")).verdict, judge("DE-BSIG-32", essential("FR")).verdict]).toEqual([
      "applies",
      "not",
    ]);
    expect([
      judge("EU-NIS2-23", essential("DE", "FR")).verdict,
      judge("DE-BSIG-32", essential("DE", "FR")).verdict,
    ]).toEqual(["applies", "applies"]);
  });

  test("trap: NIS2 in Cyprus has its own early warning", () => {
    const facts = { "cyber.incident": true, "cyber.significant": true };
    const at = (est: string): CaseInput => ({
      entity: { ...complete, roles: ["eu.important_entity"], est: [est] },
      facts,
    });
    expect(stagesOf(judge("EU-NIS2-23", at("CY")))["early_warning_cy"]).toBe("applies");
    expect(stagesOf(judge("EU-NIS2-23", at("FR")))["early_warning_cy"]).toBe("not");
  });

  test("trap: two conditions of one DORA criterion count once", () => {
    expect(judge("EU-DORA-19", bank({ "impact.clients_pct": 11, "impact.clients_count": 200_000 })).verdict).toBe(
      "not",
    );
    expect(judge("EU-DORA-19", bank({ "impact.clients_pct": 11, "impact.duration_hours": 25 })).verdict).toBe(
      "applies",
    );
    expect(judge("EU-DORA-19", bank({ "impact.clients_pct": 11, "impact.cost_eur": [50_000, 200_000] }))).toMatchObject(
      {
        verdict: "needs",
        asks: ["impact.cost_eur"],
      },
    );
  });

  test("trap: loss of availability alone is a breach in Europe, and not where a law wants acquisition", () => {
    const lost: CaseInput = {
      entity: { ...complete, roles: ["controller"], est: ["DE", "US-CA"] },
      people: { complete: true, by: { DE: 5, "US-CA": 900 } },
      facts: {
        "data.personal": true,
        "data.availability_lost": true,
        "data.acquired": false,
        "entity.public_body": false,
      },
    };
    expect(judge("EU-GDPR-33", lost).verdict).toBe("applies");
    expect(judge("US-CA-179882", lost).verdict).toBe("not");
  });

  test("J21: what the law takes an open question for decides, and the question stays", () => {
    const cloud: CaseInput = {
      entity: { ...complete, roles: ["us.fedramp_provider"] },
      facts: { "cyber.incident": true, "data.federal_customer": true, "fedramp.class": "C" },
    };
    const verdict = judge("US-FEDRAMP", cloud);
    expect(stagesOf(verdict)).toMatchObject({
      initial_high: "applies",
      initial_mid: "not",
      initial_low: "not",
      classB: "not",
    });
    expect(verdict.asks).toEqual(["fedramp.pain"]);
    expect(reasonsIn(verdict.stages[0]?.why).find(({ assumed }) => assumed)?.value).toEqual({ lo: 5, hi: 5 });
    const rated = judge("US-FEDRAMP", { ...cloud, facts: { ...cloud.facts, "fedramp.pain": 1 } });
    expect(stagesOf(rated)).toMatchObject({ initial_high: "not", initial_low: "applies" });
    expect(rated.asks).toEqual([]);
  });

  test("J34: two stages that exclude each other are both open while the fact is", () => {
    const operator: CaseInput = {
      entity: { ...complete, roles: ["hk.ci_operator"] },
      facts: { "cyber.unauthorised_access": true, "service.critical_system_affected": true },
    };
    const verdict = judge("HK-PCICSO", operator);
    expect(stagesOf(verdict)).toMatchObject({ serious: "needs", other: "applies" });
    expect(verdict.stages.find(({ stage }) => stage === "other")?.could).toEqual(["service.core_function_disrupted"]);
  });
});

describe("J32: reasons", () => {
  test("a no is explained by what makes it one, and by nothing else", () => {
    const { why } = judge("EU-GDPR-33", { entity: { ...complete, roles: ["processor"] }, facts: breach });
    expect(why.truth).toBe("false");
    expect(why.because.map(({ expr }) => expr)).toEqual([
      { type: "role", id: "controller" },
      { type: "juris", region: { place: "EEA", without: [] } },
    ]);
  });

  test("a number shows what is known of it", () => {
    const state: CaseInput = {
      entity: { ...complete, est: ["US-CA"] },
      people: { by: { "US-CA": [400, 600] } },
      facts: {
        ...breach,
        "data.acquired": true,
        "data.unsecured": true,
        "data.us_breach_elements": true,
        "entity.public_body": false,
      },
    };
    const verdict = judge("US-CA-179882", state);
    expect(stagesOf(verdict)).toEqual({ individuals: "applies", ag: "needs" });
    expect(verdict.stages[1]).toMatchObject({
      asks: ["people(US-CA)"],
      why: { truth: "unknown", value: { lo: 400, hi: 600 } },
    });
  });
});

function reasonsIn(reason: Reason | undefined): readonly Reason[] {
  return reason === undefined ? [] : [reason, ...reason.because.flatMap(reasonsIn)];
}

describe("J7: standing on a day", () => {
  test.each([
    ["EU-GDPR-33", "2026-12-06", "in_force"],
    ["EU-GDPR-33", "2018-05-25", "in_force"],
    ["EU-GDPR-33", "2018-05-24", "watch"],
    ["DE-BSIG-32", "2025-12-05", "watch"],
    // no day is known from which it holds: it holds
    ["US-MD-143504", "2020-01-01", "in_force"],
    ["US-TSA-PIPE", "2027-01-15", "in_force"],
    ["US-TSA-PIPE", "2027-01-16", "expired"],
    ["IN-DPDP-R7", "2026-12-06", "watch"],
    ["IN-DPDP-R7", "2027-05-12", "watch"],
    ["IN-DPDP-R7", "2027-05-13", "commenced"],
    ["EU-AIA-73", "2027-12-01", "watch"],
    ["EU-AIA-73", "2027-12-02", "commenced"],
    ["US-CIRCIA", "2030-01-01", "watch"],
    ["GB-CSRB", "2030-01-01", "watch"],
    ["EU-PSD2-96", "2024-01-01", "superseded"],
    ["HK-PDPO", "2026-12-06", "voluntary"],
    ["AR-25326", "2026-12-06", "no_duty"],
  ] as const)("%s on %s: %s", (id, on, standing) => {
    expect(judge(id, {}, on).standing).toBe(standing);
  });

  test("a stage with days of its own is judged by them, and takes the row's for the other", () => {
    const { duty } = rowOf("US-TSA-PIPE");
    const from = { in_force_from: day("2026-06-01") };
    expect(standingOf(duty, day("2026-05-31"), from)).toBe("watch");
    expect(standingOf(duty, day("2026-06-01"), from)).toBe("in_force");
    expect(standingOf(duty, day("2027-01-16"), from)).toBe("expired");
    expect(standingOf(duty, day("2027-01-16"), { in_force_until: day("2028-01-15") })).toBe("in_force");
  });
});

/** A whole that holds its part, so that the figures of one case do not contradict each other. */
const PEOPLE: Readonly<Record<string, number>> = { US: 900, "US-CA": 600 };

/** A case with holes, and the same case with some of them filled. */
const grown = fc
  .record({
    roles: fc.subarray([...REGIMES.vocabulary.roles.keys()], { maxLength: 6 }),
    places: fc.subarray(["DE", "FR", "CY", "GB", "US", "US-CA", "IN", "JP", "SG", "AE"], { maxLength: 4 }),
    values: fc.array(fc.nat(), { minLength: 200, maxLength: 200 }),
    first: fc.array(fc.nat(3), { minLength: 240, maxLength: 240 }),
    second: fc.array(fc.nat(1), { minLength: 240, maxLength: 240 }),
  })
  .map(({ roles, places, values, first, second }) => {
    const known = (index: number, later: boolean): boolean => first[index] === 0 || (later && second[index] === 0);
    const state = (later: boolean): CaseState =>
      caseOf({
        entity: {
          roles: roles.filter((_, i) => known(i, later)),
          roles_complete: known(230, later) && roles.every((_, i) => known(i, later)),
          est: places.filter((_, i) => known(10 + i, later)),
          est_complete: known(231, later) && places.every((_, i) => known(10 + i, later)),
          serves: places.filter((_, i) => known(20 + i, later)),
          serves_complete: known(232, later) && places.every((_, i) => known(20 + i, later)),
        } satisfies EntityInput,
        people: {
          by: Object.fromEntries(
            places.flatMap((place, i) =>
              known(30 + i, later) ? [[place, PEOPLE[place] ?? (values[i] ?? 0) % 2000]] : [],
            ),
          ),
        },
        facts: Object.fromEntries(
          [...REGIMES.vocabulary.facts].flatMap(([name, { type, values: of }], i): [string, Value][] => {
            const value = values[i] ?? 0;
            if (!known(40 + i, later) || name === "data.subjects_count") return [];
            if (type === "bool") return [[name, value % 2 === 0]];
            return [[name, type === "enum" ? (of?.[value % of.length] ?? "") : value % 12]];
          }),
        ),
      });
    return { before: state(false), after: state(true) };
  });

/** What was decided by knowing: not what the law takes an open question for, since an answer may put that right (J21). */
function decided(
  row: string,
  { stage = "", verdict, why }: Partial<StageVerdict>,
): readonly (readonly [string, string])[] {
  const taken = reasonsIn(why).some(({ assumed }) => assumed);
  return taken || verdict === undefined || verdict === "needs" ? [] : [[`${row} ${stage}`, verdict]];
}

/** An exemption that turns out to be true is the one way from applies to not. */
const AFTER: Readonly<Record<string, readonly string[]>> = { not: ["not"], applies: ["applies", "not"] };

test("J36: what is decided stays decided when more is learned, and a no stays a no", () => {
  fc.assert(
    fc.property(grown, ({ before, after }) => {
      for (const row of REGIMES.rows.values()) {
        const [was, is] = [judgeDuty(row, before, ON), judgeDuty(row, after, ON)];
        const now = new Map(
          [is, ...is.stages].map((one) => [`${is.row} ${"stage" in one ? one.stage : ""}`, one.verdict]),
        );
        const then = [was, ...was.stages].flatMap((one) => decided(was.row, one));
        expect(then.filter(([name, verdict]) => AFTER[verdict]?.includes(now.get(name) ?? "") !== true)).toEqual([]);
        expect(is.asks.filter((ask) => !was.asks.includes(ask))).toEqual([]);
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
});

test("J25: no verdict hangs on a severity: no expression of the data names one", () => {
  const named = [...REGIMES.vocabulary.facts.keys()].filter((fact) => /severity|fire|nciss/i.test(fact));
  expect(named).toEqual([]);
});
