// SPDX-License-Identifier: Apache-2.0
// Nothing of the draft of duties was lost or altered on its way into `regulations/`.
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { importDuties } from "./import-duties.ts";

const ROOT = path.join(import.meta.dirname, "..");
const REGULATIONS = path.join(ROOT, "regulations");
const DRAFT = path.join(ROOT, "..", "shared", "regimes", "duties.yaml");
const committed = (name: string): string => readFileSync(path.join(REGULATIONS, name), "utf8");

type Members = Readonly<Record<string, unknown>>;
type Rows = readonly (Members & { readonly id: string; readonly stages: readonly unknown[] })[];

/** The draft again, from the files alone; and how often each file's rows stand there. */
function joined(read: (name: string) => string, instruments: readonly string[], calendars: readonly string[]): Members {
  const words = parse(read("facts.yaml")) as Members;
  const files = instruments.map((name) => parse(read(name)) as Members & { duties: Rows });
  const { schema: _, sources: ofNoRow, ...rest } = words;
  const weekends = calendars.map((name) => parse(read(name)) as { key: string; weekend: readonly string[] });
  return {
    ...rest,
    conflicts: (parse(read("conflicts.yaml")) as Members)["conflicts"],
    formats: (parse(read("formats.yaml")) as Members)["formats"],
    worked_example: without(parse(read("tests/worked-example.yaml")) as Members, ["schema", "compiled"]),
    sources: Object.assign({}, ofNoRow, ...files.map(({ sources }) => sources)) as Members,
    weekends: Object.fromEntries(weekends.map(({ key, weekend }) => [key, weekend])),
    duties: files.flatMap(({ jurisdiction, instrument, duties }) =>
      duties.map(({ id, ...members }) => ({ id, jurisdiction, instrument, ...members })),
    ),
  };
}

function without(members: Members, names: readonly string[]): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));
}

const present = existsSync(DRAFT);

describe.skipIf(!present)("the draft of duties (skipped means NOT RUN: no ../shared/regimes)", () => {
  const text = present ? readFileSync(DRAFT, "utf8") : "";
  const draft = (present ? parse(text) : {}) as Members & { duties: Rows; weekends: Record<string, string[]> };
  const instruments = globSync("*/*.yaml", { cwd: REGULATIONS }).filter((name) =>
    committed(name).includes("schema: bailiwick-instrument/1"),
  );
  const calendars = globSync("calendars/*.yaml", { cwd: REGULATIONS });
  const again = joined(committed, instruments, calendars) as typeof draft;

  test("J1: every row is there once, member for member, in the order of the draft", () => {
    const byId = new Map(again.duties.map((row) => [row.id, row]));
    expect(again.duties).toHaveLength(133);
    expect(byId.size).toBe(133);
    expect(again.duties.flatMap(({ stages }) => stages)).toHaveLength(298);
    for (const row of draft.duties) {
      expect(byId.get(row.id), row.id).toEqual(row);
      expect(JSON.stringify(byId.get(row.id)), row.id).toBe(JSON.stringify(row));
    }
  });

  test("J1: every word, fact, role, event, reckoning, conflict, format, example and source is there as it stands", () => {
    const { schema, counts, places, weekends, duties, ...whole } = draft;
    expect([schema, counts, places, weekends, duties]).not.toContain(undefined);
    const { duties: _, weekends: __, ...rest } = again;
    expect(rest).toEqual(whole);
    // the order of a list of facts is the order in which they are shown
    const { sources: ___, ...ordered } = whole;
    for (const name of Object.keys(ordered)) expect(JSON.stringify(rest[name]), name).toBe(JSON.stringify(whole[name]));
  });

  test("J1: places, weekends and counts say what the draft says", () => {
    const { groups, note } = parse(committed("places.yaml")) as Members;
    expect({ ...(groups as object), note }).toEqual(draft["places"]);
    for (const [key, weekend] of Object.entries(again.weekends)) {
      expect(weekend, key).toEqual(draft.weekends[key] ?? draft.weekends["default"]);
    }
    expect(Object.keys(again.weekends)).toEqual(
      expect.arrayContaining(Object.keys(draft.weekends).filter((key) => key !== "default")),
    );
    expect(recount(again)).toEqual(draft["counts"]);
  });

  test("J1: importing again writes the committed bytes, and no row of a file is anybody's else", () => {
    const files = importDuties(text);
    for (const [name, content] of Object.entries(files)) expect(committed(name), name).toBe(content);
    expect(instruments.toSorted()).toEqual(
      Object.keys(files)
        .filter((name) => instruments.includes(name))
        .toSorted(),
    );
  });

  test("J1: all rows stay unreviewed", () => {
    expect(new Set(again.duties.map(({ review }) => review))).toEqual(new Set(["unreviewed"]));
  });
});

function recount(all: Members & { readonly duties: Rows }): Members {
  const tally = (member: string): Members => {
    const groups = Object.groupBy(all.duties, (row) => String(row[member]));
    return Object.fromEntries(Object.entries(groups).map(([value, rows]) => [value, rows?.length]));
  };
  const size = (member: string): number => Object.keys(all[member] as object).length;
  return {
    duties: all.duties.length,
    stages: all.duties.flatMap(({ stages }) => stages).length,
    jurisdiction_codes: Object.keys(tally("jurisdiction")).length,
    facts: size("facts"),
    roles: size("roles"),
    content_fields: size("content_fields"),
    confidence: tally("confidence"),
    verified: tally("verified"),
    status: tally("status"),
  };
}

const SMALL = `
schema: bailiwick-duties/0.1
compiled: '2026-11-22'
standing: not advice
conventions: { from: an event }
counts: { duties: 2 }
traps: [one]
reckonings: { plain: { hours: exact }, sec_edgar: { cite: a form, source: R, day_end: 17:30 Somewhere } }
places: { note: nothing }
zones: { AA: { zone: Somewhere/Else, calendar: AA }, EU: { zone: home_state, calendar: home_state } }
weekends: { default: [sat, sun], AA: [fri, sat] }
roles: { r: a role }
kinds: {}
clock_events: { e: an event }
facts: { f: { type: bool, ask: F? } }
conflicts: [{ id: C }]
worked_example: { incident: one }
severity_scales: { s: [low] }
formats: { F: {} }
content_fields: { c: { desc: it } }
sources: { A: { kind: book }, R: { kind: rule }, N: { kind: of nothing } }
duties:
- { id: AA-X-1, jurisdiction: AA, instrument: 'Act of X (Bill 7)', surprise: { kept: [1] }, zone: Z, calendar: AA, sources: [A] }
- { id: AA-X-2, jurisdiction: AA, instrument: 'Act of X (Bill 7)', zone: Z, calendar: US-SEC, sources: [A] }
`;

test("J1: a row is moved whole, with members that nobody here knows; the reader judges them", () => {
  const files = importDuties(SMALL);
  expect(Object.keys(files).filter((name) => name.startsWith("AA/"))).toEqual(["AA/act-of-x.yaml"]);
  expect(parse(files["AA/act-of-x.yaml"] ?? "")).toMatchObject({
    jurisdiction: "AA",
    sources: { A: { kind: "book" } },
    duties: [{ id: "AA-X-1", surprise: { kept: [1] } }, { id: "AA-X-2" }],
  });
  expect(parse(files["calendars/AA.yaml"] ?? "")).toMatchObject({ weekend: ["fri", "sat"], zone: "Somewhere/Else" });
  expect(parse(files["calendars/US-SEC.yaml"] ?? "")).toMatchObject({ base: "US", cite: "a form" });
  expect(parse(files["facts.yaml"] ?? "")).toMatchObject({
    sources: { R: { kind: "rule" }, N: { kind: "of nothing" } },
  });
});

test("J1: a draft with a part that the importer would drop is refused", () => {
  expect(() => importDuties(`${SMALL}footnotes: [lost]\n`)).toThrow("footnotes");
  expect(() => importDuties(SMALL.replace(", calendar: AA, sources: [A]", ", sources: [A]"))).toThrow("a row needs");
});
