// SPDX-License-Identifier: Apache-2.0
// What is asked: only what can change something that may be due, in the order of what is at stake.
import { describe, expect, test } from "vitest";
import { type Instant, instant } from "../../core/index.ts";
import type { Row } from "../regimes/row.ts";
import { caseOf, day, REGIMES, rowOf } from "../testing/regimes.ts";
import { type Question, questions } from "./questions.ts";
import type { CaseInput } from "./read-case.ts";

const ON = day("2026-12-06");
const on = () => ON;
const { vocabulary } = REGIMES;
const complete = { roles_complete: true, est_complete: true, serves_complete: true, free_zones_complete: true };

function asked(
  input: CaseInput,
  rows: Iterable<Row> = REGIMES.rows.values(),
  strict?: (row: string) => Instant | undefined,
) {
  return questions(rows, caseOf(input), vocabulary, { on, strict });
}

function one(all: readonly Question[], ask: string): Question {
  const found = all.find((question) => question.ask === ask);
  if (found === undefined) throw new Error(`nobody asks ${ask}`);
  return found;
}

const controller: CaseInput = {
  entity: { ...complete, roles: ["controller"], est: ["DE"] },
  people: { complete: true, by: { DE: 120 } },
  facts: { "data.personal": true, "data.confidentiality_lost": true },
};

describe("J33: questions", () => {
  test("a case that is settled asks nothing", () => {
    expect(
      asked({
        ...controller,
        facts: { "data.personal": false, "data.phi": false, "data.us_customer_information": false },
      }),
    ).toEqual([]);
  });

  test("each answer says what it would do", () => {
    const question = one(asked(controller, [rowOf("EU-GDPR-33"), rowOf("EU-GDPR-34")]), "risk.people");
    expect(question).toMatchObject({ group: "risk", rows: ["EU-GDPR-33", "EU-GDPR-34"] });
    expect(question.text).toBe(vocabulary.facts.get("risk.people")?.ask);
    const answers = new Map(question.answers.map(({ answer, changes }) => [answer, changes]));
    expect([...answers.keys()]).toEqual(["none", "unlikely", "likely", "high"]);
    expect(answers.get("none")).toContainEqual({
      row: "EU-GDPR-33",
      stage: "notification",
      from: "applies",
      to: "not",
    });
    expect(answers.get("high")).toContainEqual({ row: "EU-GDPR-34", from: "needs", to: "applies" });
    expect(answers.get("likely")).toContainEqual({ row: "EU-GDPR-34", from: "needs", to: "not" });
  });

  test("J22: a number is asked for by the bound that matters, and not by one that is settled", () => {
    const breach = {
      "data.acquired": true,
      "data.unsecured": true,
      "data.us_breach_elements": true,
      "entity.public_body": false,
    };
    const there: CaseInput = {
      entity: { ...complete, est: ["US-CA"] },
      people: { by: { "US-CA": [400, 600] } },
      facts: { "data.personal": true, ...breach },
    };
    const question = one(asked(there, [rowOf("US-CA-179882")]), "people(US-CA)");
    expect(question).toMatchObject({ group: "counts", text: "How many people are affected in US-CA?" });
    expect(question.answers).toEqual([
      { answer: "at most 500", changes: [{ row: "US-CA-179882", stage: "ag", from: "needs", to: "not" }] },
      { answer: "more than 500", changes: [{ row: "US-CA-179882", stage: "ag", from: "needs", to: "applies" }] },
    ]);
    expect(asked({ ...there, people: { by: { "US-CA": 400 } } }, [rowOf("US-CA-179882")])).toEqual([]);
  });

  test("roles and places are asked in words", () => {
    const texts = new Map(asked({}, [rowOf("EU-GDPR-33"), rowOf("AE-DIFC-41")]).map(({ ask, text }) => [ask, text]));
    expect(texts.get("role(controller)")).toContain("decides why and how personal data is processed");
    expect(texts.get("est(EEA)")).toBe("Is the entity established in EEA?");
    expect(texts.get("serves(EEA)")).toBe("Does the entity offer goods or services, or operate, in EEA?");
    expect(texts.get("free_zone(DIFC)")).toBe("Is the entity in the free zone DIFC?");
    for (const { text } of asked({})) expect(text).toMatch(/\?$|\?\)$|\?.{0,40}$/);
  });

  test("rows that are not law, or of which no stage can be due, ask nothing", () => {
    expect(asked({}, [rowOf("US-CIRCIA"), rowOf("AR-25326"), rowOf("EU-PSD2-96")])).toEqual([]);
    // without one of its roles no stage of the row can be due, whatever was touched
    const nobody: CaseInput = { entity: { ...complete, roles: ["controller"] } };
    expect(asked(nobody, [rowOf("US-HIPAA-404")])).toEqual([]);
    expect(asked({}, [rowOf("US-HIPAA-404")]).length).toBeGreaterThan(5);
  });

  test("what the law takes an open question for is asked all the same", () => {
    const cloud: CaseInput = {
      entity: { ...complete, roles: ["us.fedramp_provider"] },
      facts: { "cyber.incident": true, "data.federal_customer": true, "fedramp.class": "C" },
    };
    const [question, ...others] = asked(cloud, [rowOf("US-FEDRAMP")]);
    expect(others).toEqual([]);
    expect(question).toMatchObject({ ask: "fedramp.pain", rows: ["US-FEDRAMP"] });
    expect(question?.answers.map(({ answer }) => answer)).toEqual([
      "less than 1",
      "exactly 1",
      "exactly 2",
      "at least 3",
    ]);
  });

  test("the earliest instant at stake comes first with its group, then what decides most", () => {
    const rows = [rowOf("EU-GDPR-33"), rowOf("EU-GDPR-34"), rowOf("US-SEC-8K-105")];
    const all = asked({}, rows);
    const plain = all.map(({ ask }) => ask);
    expect(all[0]?.rows).toEqual(["EU-GDPR-33", "EU-GDPR-34"]);
    expect(all.at(-1)?.rows).toEqual(["US-SEC-8K-105"]);
    const urgent = asked({}, rows, (row) => (row === "US-SEC-8K-105" ? instant(1) : undefined));
    expect(urgent[0]?.group).toBe("entity");
    expect(urgent[0]?.ask).toBe("role(us.sec_registrant)");
    // those of one group stand together
    const groups = urgent.map(({ group }) => group);
    expect(groups.filter((group, i) => group !== groups[i - 1])).toEqual([...new Set(groups)]);
    expect(new Set(plain)).toEqual(new Set(urgent.map(({ ask }) => ask)));
  });
});
