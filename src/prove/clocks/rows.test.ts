// SPDX-License-Identifier: Apache-2.0
// Every clock of every row at once: what must hold of all of them, the worked example, moves and conflicts.
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { formatInstant } from "../../core/index.ts";
import type { CaseState } from "../case/state.ts";
import { at0, type CaseInLine, caseOf, openRowsWorld, REGULATIONS, type RowsWorld } from "../testing/rows-world.ts";
import { openConflicts } from "./conflicts.ts";
import { moveOf } from "./moves.ts";
import type { Reading } from "./reading.ts";
import type { ClockCase, RowClocks, StageClock } from "./row-clocks.ts";
import { caseClocks } from "./row-clocks.ts";

let world: RowsWorld;
/** Every row with every event recorded and nothing else known, reviewed. */
let all: readonly RowClocks[];

beforeAll(async () => {
  world = await openRowsWorld();
  all = allClocks(everything("2026-11-22T02:10:00Z"));
}, 60_000);

/** Every event recorded, nothing else known: each stage then is shadow or none. */
function everything(at: string, reviewed = true): ClockCase {
  const events = Object.fromEntries(
    [...world.regimes.events.keys()].filter((event) => event !== "submission").map((event) => [event, at]),
  );
  const filed = [...world.regimes.rows.values()].flatMap((row) =>
    row.stages.map(({ stage }) => [row.duty.id, stage.stage, at] as const),
  );
  const one = caseOf({ events, filed, reviewed, now: at });
  return { ...one, state: unknownState() };
}

function unknownState(): CaseState {
  const none = { names: new Set<string>(), complete: false };
  return {
    entity: { roles: none, est: none, serves: none, freeZones: none },
    people: { by: new Map(), complete: false },
    facts: new Map(),
  };
}

function allClocks(one: ClockCase): readonly RowClocks[] {
  return [...world.regimes.rows.keys()].map((id) => world.clocks(id, one));
}

function stagesOf(rows: readonly RowClocks[]): readonly (StageClock & { readonly row: string })[] {
  return rows.flatMap(({ row, stages }) => stages.map((stage) => ({ ...stage, row })));
}

function dueOf(
  row: string,
  stage: string,
): { readonly duration?: string | null | undefined; readonly op?: string | undefined } {
  const found = world.regimes.rows.get(row)?.stages.find((each) => each.stage.stage === stage);
  if (found === undefined) throw new Error(`no stage ${stage} of ${row}`);
  return found.stage.due;
}

describe("of all rows", () => {
  test("every stage of every row can be counted, and strict is never after latest", () => {
    const stages = stagesOf(all);
    expect(stages).toHaveLength(298);
    for (const { row, stage, clock } of stages) {
      const { strict, latest } = clock;
      expect(strict === undefined || latest === undefined || strict.at <= latest.at, `${row}/${stage}`).toBe(true);
      expect(clock.state === "none" || clock.derivation.length > 2, `${row}/${stage}`).toBe(true);
    }
    const running = stages.filter(({ clock }) => clock.strict !== undefined);
    expect(running.length).toBeGreaterThan(150);
  });

  test("J47: a stage without a number never yields an instant of the law", () => {
    const stages = stagesOf(all);
    const silent = stages.filter(
      ({ row, stage }) => dueOf(row, stage).op === undefined && dueOf(row, stage).duration === null,
    );
    expect(silent.length).toBe(81);
    for (const { row, stage, clock } of silent) {
      const guided = clock.kind === "guidance" && clock.strict !== undefined;
      expect(clock.state === "none" || guided, `${row}/${stage}`).toBe(true);
    }
    expect(silent.filter(({ clock }) => clock.strict !== undefined).map(({ row }) => row)).toEqual([
      "NZ-PA-114",
      "SG-PDPA-26D",
    ]);
  });

  test("J13: of rows that nobody reviewed no clock is hard", () => {
    const stages = stagesOf(allClocks(everything("2026-11-22T02:10:00Z", false)));
    expect(stages.filter(({ clock }) => clock.strict !== undefined && clock.kind === "hard")).toEqual([]);
    const reviewed = stagesOf(all);
    expect(reviewed.filter(({ clock }) => clock.strict !== undefined && clock.kind === "hard").length).toBeGreaterThan(
      100,
    );
  });

  test("J31: a stage that binds an authority makes no clock", () => {
    const bound = stagesOf(all).filter(({ row, stage }) => row === "CN-CIRM" && stage === "escalation");
    expect(bound.map(({ clock }) => clock.state)).toEqual(["none"]);
  });

  test("J7: what is not law yet starts no clock", () => {
    const watched = all.filter(({ standing }) => standing === "watch");
    expect(watched.map(({ row }) => row)).toContain("IN-DPDP-R7");
    expect(watched.map(({ row }) => row)).toContain("US-CIRCIA");
    expect(watched.flatMap(({ stages }) => stages).filter(({ clock }) => clock.state !== "none")).toEqual([]);
  });

  test("J34: with nothing known no clock is more than a shadow", () => {
    const states = new Set(stagesOf(all).map(({ clock }) => clock.state));
    expect([...states].toSorted()).toEqual(["none", "shadow"]);
  });
});

test("a row that cannot be counted takes no other with it, and is named", () => {
  const { regimes } = world;
  const broken = [...regimes.rows.values()].map((row) =>
    row.duty.id === "GB-UKGDPR-33" ? { ...row, duty: { ...row.duty, reckoning: "moon" } } : row,
  );
  const { rows, failed } = caseClocks(broken, everything("2026-11-22T02:10:00Z"), world.world);
  expect(rows).toHaveLength(132);
  expect(failed.map(({ row, error }) => [row, error.message])).toEqual([
    ["GB-UKGDPR-33", "counting: there is no reckoning `moon` in regulations"],
  ]);
});

const example = z.object({
  due: z.array(
    z.object({
      id: z.string(),
      instants: z.record(z.string(), z.object({ strict: z.string(), latest: z.string() })).optional(),
    }),
  ),
});

test("the worked example comes out as it was worked out", () => {
  const file = example.parse(parse(readFileSync(path.join(REGULATIONS, "tests", "worked-example.yaml"), "utf8")));
  const awareness = "2026-11-22T02:10:00Z";
  const places = ["DE", "FR", "GB", "CH", "US-CA", "IN", "SG", "JP", "BR"];
  const one: CaseInLine = {
    roles: ["controller"],
    serves: places,
    people: Object.fromEntries(places.map((place) => [place, 1500])),
    facts: {
      "data.personal": true,
      "data.confidentiality_lost": true,
      "data.unsecured": true,
      "data.acquired": true,
      "data.us_breach_elements": true,
      "entity.public_body": false,
      "cyber.incident": true,
      "harm.relevant_risk": true,
      "data.large_scale": true,
      "risk.people": "likely",
    },
    events: { awareness, discovery: awareness, noticing: awareness, knowledge_personal_data_affected: awareness },
  };
  let compared = 0;
  for (const { id, instants } of file.due) {
    for (const [stage, { strict, latest }] of Object.entries(instants ?? {})) {
      const found = world
        .clocks(
          id,
          caseOf(stage === "final_malicious" ? { ...one, facts: { ...one.facts, "cyber.malicious": true } } : one),
        )
        .stages.find((each) => each.stage === stage);
      const said = { strict: at0(strict), latest: at0(latest) };
      expect({ strict: found?.clock.strict?.at, latest: found?.clock.latest?.at }, `${id}/${stage}`).toEqual(said);
      compared += 1;
    }
  }
  expect(compared).toBe(9);
  for (const id of ["CH-FADP-24", "EU-GDPR-34", "IN-DPDP-R7"]) {
    expect(
      world.clocks(id, caseOf(one)).stages.filter(({ clock }) => clock.strict !== undefined),
      id,
    ).toEqual([]);
  }
});

describe("negative, each met by others", () => {
  test("Texas: the Attorney General in 30 days, people in 60", () => {
    const one = caseOf({
      est: ["US-TX"],
      serves: ["US-TX"],
      people: { "US-TX": 250 },
      facts: { "data.personal": true, "data.acquired": true, "data.unsecured": true, "data.us_breach_elements": true },
      events: { determination: "2026-11-02T15:00:00Z" },
    });
    const due = world
      .clocks("US-TX-521053", one)
      .stages.map(
        ({ stage, clock }) =>
          `${stage} ${clock.strict === undefined ? "none" : formatInstant(clock.strict.at).slice(0, 10)}`,
      );
    expect(due).toEqual(["individuals 2027-01-02", "ag 2026-12-03", "cra none"]);
  });
  test("Quebec has no 72 hours", () => {
    const facts = { "data.personal": true, "data.confidentiality_lost": true, "harm.risk_of_serious_injury": true };
    const one = caseOf({
      est: ["CA-QC"],
      people: { "CA-QC": 9 },
      facts,
      events: { awareness: "2026-11-02T15:00:00Z" },
    });
    expect(world.clocks("CA-QC-LAW25", one)).toMatchObject({
      verdict: "applies",
      stages: [{ clock: { state: "none" } }, { clock: { state: "none" } }],
    });
  });
});

function reading(at: string): { readonly strict: Reading } {
  return { strict: { at: at0(at), ends: "at", zone: "UTC", basis: "exact" } };
}

describe("J51: a change of the case", () => {
  const nine = reading("2026-11-22T09:00:00Z");
  const ten = reading("2026-11-22T10:00:00Z");
  test("makes a clock start or come earlier by itself", () => {
    expect(moveOf(undefined, nine)).toMatchObject({ move: "started", effective: nine });
    expect(moveOf(ten, nine)).toMatchObject({ move: "earlier", effective: nine });
  });
  test("only proposes a later one, and its end", () => {
    expect(moveOf(nine, ten)).toMatchObject({ move: "later", effective: nine, proposed: ten });
    expect(moveOf(nine, {})).toMatchObject({ move: "gone", effective: nine });
    expect(moveOf(nine, {}).proposed).toBeDefined();
  });
  test("does not grant a later end beside an earlier warning", () => {
    const before = { strict: ten.strict, latest: ten.strict };
    const after = { strict: nine.strict, latest: reading("2026-11-22T11:00:00Z").strict };
    expect(moveOf(before, after)).toMatchObject({
      move: "earlier",
      effective: { strict: nine.strict, latest: ten.strict },
    });
  });
  test("that changes nothing moves nothing", () => {
    expect(moveOf(nine, nine)).toMatchObject({ move: "none", effective: nine });
    expect(moveOf(undefined, {})).toMatchObject({ move: "none" });
    expect(moveOf(nine, nine).proposed).toBeUndefined();
  });
});

function open(one: CaseInLine): readonly string[] {
  const { regimes } = world;
  const made = caseOf(one);
  return openConflicts(regimes.conflicts, { rows: regimes.rows, clocks: allClocks(made), state: made.state });
}

describe("J66: conflicts", () => {
  const maker: CaseInLine = {
    roles: ["cn.network_product_provider", "manufacturer"],
    est: ["CN"],
    homeState: "DE",
    facts: { "vuln.discovered": true, "product.eu_market": true, "comms.law_enforcement": false },
    events: { discovery: "2026-11-20T01:00:00Z", awareness: "2026-11-20T01:00:00Z" },
  };
  test("open when both sides apply, or one does and the other may", () => {
    expect(open({ ...maker, facts: { ...maker.facts, "vuln.actively_exploited": true } })).toEqual(["CN-RMSV-x-CRA"]);
    expect(open(maker)).toContain("CN-RMSV-x-CRA");
  });
  test("do not open when one side does not apply", () => {
    expect(open({ ...maker, facts: { ...maker.facts, "vuln.actively_exploited": false } })).toEqual([]);
  });
  test("a side in words is for a person to read", () => {
    const india: CaseInLine = {
      est: ["IN"],
      facts: { "cyber.incident": true, "comms.law_enforcement": false },
      events: { noticing: "2026-11-20T01:00:00Z" },
    };
    expect(open(india)).toEqual(["LOGS-IN-INDIA"]);
  });
  test("a side can be a stage of several jurisdictions, or a fact", () => {
    const facts = {
      "data.personal": true,
      "data.acquired": true,
      "data.unsecured": true,
      "data.us_breach_elements": true,
      "data.confidentiality_lost": true,
      "entity.public_body": false,
    };
    const both: CaseInLine = {
      roles: ["controller"],
      est: ["US-MD", "KR"],
      people: { "US-MD": 9, KR: 9 },
      events: { discovery: "2026-11-20T01:00:00Z", awareness: "2026-11-20T01:00:00Z" },
      facts: { ...facts, "comms.law_enforcement": true },
    };
    expect(open(both)).toEqual(["LE-DELAY", "MD-ORDER"]);
    expect(
      open({ ...both, est: ["US-MD"], people: { "US-MD": 9 }, facts: { ...facts, "comms.law_enforcement": false } }),
    ).toEqual([]);
  });
});
