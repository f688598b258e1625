// SPDX-License-Identifier: Apache-2.0
// Nothing of the draft was lost or altered on its way into `regulations/`, but for the corrections that are listed.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { correct, parseCorrections } from "./import-corrections.ts";
import { importTransfers } from "./import-transfers.ts";

const ROOT = path.join(import.meta.dirname, "..");
const DRAFTS = path.join(ROOT, "..", "shared", "regimes");
const draft = (name: string): string => readFileSync(path.join(DRAFTS, name), "utf8");
const committed = (name: string): string => readFileSync(path.join(ROOT, "regulations", name), "utf8");
const CORRECTIONS = readFileSync(path.join(import.meta.dirname, "import-corrections.yaml"), "utf8");
const listed = parseCorrections(CORRECTIONS);
const present = ["transfers.yaml", "duties.yaml"].every((name) => existsSync(path.join(DRAFTS, name)));

interface Draft {
  readonly compiled: string;
  readonly jurisdictions: readonly (Omit<JurisdictionDraft, "adequacy"> & Partial<JurisdictionDraft>)[];
  readonly conventions: { readonly categories: string; readonly localization: string };
  readonly sources: Readonly<Record<string, string>>;
}
type Row = Readonly<Record<string, unknown>> & { readonly sources: readonly string[] };
interface JurisdictionDraft {
  readonly jurisdiction: string;
  readonly name: string;
  readonly adequacy: readonly Readonly<Record<string, unknown>>[];
  readonly rules: readonly Row[];
}

/** The committed law with each listed correction taken back: added members off, changed ones as they were. */
function uncorrected(law: JurisdictionDraft): JurisdictionDraft {
  const back = (at: string, entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
    const { said = {}, says = {} } = listed.corrections.find((one) => one.at === `${law.jurisdiction}/${at}`) ?? {};
    expect(entry, at).toMatchObject(says);
    const members = Object.entries(entry).filter(([name]) => !Object.hasOwn(says, name) || Object.hasOwn(said, name));
    return Object.fromEntries(members.map(([name, value]) => [name, Object.hasOwn(said, name) ? said[name] : value]));
  };
  return {
    ...law,
    adequacy: law.adequacy.map((entry) => back(`adequacy/${String(entry["to"])}`, entry)),
    rules: law.rules.map((rule) => back(`rules/${String(rule["id"])}`, rule) as Row),
  };
}

describe.skipIf(!present)("the draft of transfer rules (skipped means NOT RUN: no ../shared/regimes)", () => {
  test("J1: every EU row and adequacy entry is there, member for member, in the order of the draft, but for the corrections", () => {
    const whole = parse(draft("transfers.yaml")) as Draft;
    const eu = whole.jurisdictions.find(({ jurisdiction }) => jurisdiction === "EU");
    const file = parse(committed("EU/transfers.yaml")) as JurisdictionDraft & Record<string, unknown>;
    const { schema, compiled, sources, ...rest } = file;
    expect(uncorrected(rest)).toEqual(eu);
    expect(JSON.stringify(uncorrected(rest))).toBe(JSON.stringify(eu));
    expect([schema, compiled]).toEqual(["bailiwick-transfers/1", whole.compiled]);
    const used = new Set(file.rules.flatMap((row) => row.sources));
    const known = Object.entries({ ...whole.sources, ...listed.sources });
    expect(sources).toEqual(Object.fromEntries(known.filter(([source]) => used.has(source))));
    expect(sources).toMatchObject(listed.sources);
  });

  test("J1: each correction finds what it corrects, and would not if the draft said what it says", () => {
    const whole = parse(draft("transfers.yaml")) as Draft;
    const jurisdictions = whole.jurisdictions.map((law) => ({ ...law, adequacy: law.adequacy ?? [] }));
    expect(listed.corrections.length).toBeGreaterThan(0);
    for (const one of listed.corrections) {
      const corrected = correct(jurisdictions, [one]);
      expect(corrected, one.at).not.toEqual(jurisdictions);
      expect(() => correct(corrected, [one]), one.at).toThrow(`correction of ${one.at}: the draft no longer says`);
    }
  });

  test("J1: a corrected entry says so in its note, with its citation, and stays unreviewed", () => {
    const { adequacy, rules } = parse(committed("EU/transfers.yaml")) as JurisdictionDraft;
    const notes = [...adequacy.map((entry) => entry["note"]), ...rules.map((rule) => rule["notes"])];
    const corrected = notes.filter((note) => typeof note === "string" && note.startsWith("Corrected on import: "));
    expect(corrected).toHaveLength(listed.corrections.length);
    for (const { at, says } of listed.corrections) expect(says["cite"] ?? says["citation"], at).toMatch(/Arts?\. \d/);
    expect(rules.every((rule) => rule["review"] === "unreviewed")).toBe(true);
  });

  test("J1: every posture, mechanism kind, convention and gate is there as it stands", () => {
    const { schema, sources, counts, jurisdictions, ...whole } = parse(draft("transfers.yaml")) as Record<
      string,
      unknown
    >;
    const words = parse(committed("transfers.yaml")) as Record<string, unknown>;
    expect(words).toMatchObject(whole);
    const { conventions } = whole as unknown as Draft;
    expect((words["categories"] as string[]).join(", ")).toBe(conventions.categories);
    for (const word of words["localizations"] as string[]) expect(conventions.localization).toContain(word);
    expect(Object.keys(words)).toHaveLength(
      Object.keys(whole).length + "schema localizations categories".split(" ").length,
    );
    expect([schema, sources, counts, jurisdictions]).not.toContain(undefined);
  });

  test("J1: the groups of places are those of the draft of duties", () => {
    const { places } = parse(draft("duties.yaml")) as { places: Record<string, unknown> };
    const { groups, note, known } = parse(committed("places.yaml")) as Record<string, unknown>;
    expect({ ...(groups as object), note }).toEqual(places);
    expect(known).toContain("NO");
  });

  test("J1: importing again writes the committed bytes", () => {
    const drafts = { transfers: draft("transfers.yaml"), duties: draft("duties.yaml"), corrections: CORRECTIONS };
    const files = importTransfers(drafts, ["EU"]);
    expect(Object.keys(files)).toHaveLength(3);
    for (const [name, text] of Object.entries(files)) expect(committed(name), name).toBe(text);
  });
});

const DUTIES = `
compiled: '2026-11-22'
places: { GROUP: [AA, BB], note: what a code holds }
zones: { EU: {}, CC-1: {} }
`;
const TRANSFERS = `
schema: bailiwick-transfers/0.1
compiled: '2026-11-22'
standing: not advice
conventions: { localization: none | some (of it), categories: 'personal, logs' }
postures: { allow_free: allowed }
mechanism_kinds: { none: [none] }
mechanism_rules: { none: nothing }
gates: [one]
counts: {}
sources: { A: a book, B: another }
jurisdictions:
- jurisdiction: AA
  name: Land
  adequacy: [{ to: DD }, { to: ORG, note: organisation }]
  rules: [{ id: AA-T-x, surprise: { kept: [1] }, sources: [A] }]
`;

const NO_CORRECTIONS = "{ schema: bailiwick-import-corrections/1, sources: {}, corrections: [] }";

test("J1: a row is moved whole, with members that nobody here knows; the gate's reader judges them", () => {
  const files = importTransfers({ transfers: TRANSFERS, duties: DUTIES, corrections: NO_CORRECTIONS }, ["AA"]);
  expect(Object.keys(files)).toEqual(["places.yaml", "transfers.yaml", "AA/transfers.yaml"]);
  expect(parse(files["AA/transfers.yaml"] ?? "")).toMatchObject({
    sources: { A: "a book" },
    rules: [{ id: "AA-T-x", surprise: { kept: [1] }, sources: ["A"] }],
  });
  expect(parse(files["places.yaml"] ?? "")).toMatchObject({
    groups: { GROUP: ["AA", "BB"] },
    known: ["AA", "BB", "CC-1", "DD"],
    organisations: ["ORG"],
  });
  expect(parse(files["transfers.yaml"] ?? "")).toMatchObject({
    localizations: ["none", "some"],
    categories: ["personal", "logs"],
  });
});

test("J1: a draft with a part that the importer would drop is refused", () => {
  const more = `${TRANSFERS}footnotes: [lost]\n`;
  expect(() => importTransfers({ transfers: more, duties: DUTIES, corrections: NO_CORRECTIONS }, ["AA"])).toThrow(
    "footnotes",
  );
  const inside = TRANSFERS.replace("  name: Land", "  name: Land\n  treaties: [lost]");
  expect(() => importTransfers({ transfers: inside, duties: DUTIES, corrections: NO_CORRECTIONS }, ["AA"])).toThrow(
    "treaties",
  );
  expect(() => importTransfers({ transfers: TRANSFERS, duties: DUTIES, corrections: NO_CORRECTIONS }, ["BB"])).toThrow(
    "no jurisdiction BB",
  );
});

const correctedBy = (source: string): string => `
schema: bailiwick-import-corrections/1
sources: { ${source}: a law }
corrections:
- { at: AA/rules/AA-T-x, said: { sources: [A] }, says: { sources: [A, ${source}] }, why: w, citation: c, checked: r }
`;

test("J1: a correction is applied, its source comes along, and a source that the draft has is not replaced", () => {
  const files = importTransfers({ transfers: TRANSFERS, duties: DUTIES, corrections: correctedBy("C") }, ["AA"]);
  expect(parse(files["AA/transfers.yaml"] ?? "")).toMatchObject({
    sources: { A: "a book", C: "a law" },
    rules: [{ id: "AA-T-x", surprise: { kept: [1] }, sources: ["A", "C"] }],
  });
  const own = { transfers: TRANSFERS, duties: DUTIES, corrections: correctedBy("B") };
  expect(() => importTransfers(own, ["AA"])).toThrow("the draft has a source B of its own");
});
