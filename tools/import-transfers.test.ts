// SPDX-License-Identifier: Apache-2.0
// Nothing of the draft was lost or altered on its way into `regulations/`.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { importTransfers } from "./import-transfers.ts";

const ROOT = path.join(import.meta.dirname, "..");
const DRAFTS = path.join(ROOT, "..", "shared", "regimes");
const draft = (name: string): string => readFileSync(path.join(DRAFTS, name), "utf8");
const committed = (name: string): string => readFileSync(path.join(ROOT, "regulations", name), "utf8");
const present = ["transfers.yaml", "duties.yaml"].every((name) => existsSync(path.join(DRAFTS, name)));

interface Draft {
  readonly compiled: string;
  readonly jurisdictions: readonly { jurisdiction: string; name: string; adequacy: unknown; rules: Row[] }[];
  readonly conventions: { readonly categories: string; readonly localization: string };
  readonly sources: Readonly<Record<string, string>>;
}
type Row = Readonly<Record<string, unknown>> & { readonly sources: readonly string[] };

describe.skipIf(!present)("the draft of transfer rules (skipped means NOT RUN: no ../shared/regimes)", () => {
  test("J1: every EU row and adequacy entry is there, member for member, in the order of the draft", () => {
    const whole = parse(draft("transfers.yaml")) as Draft;
    const eu = whole.jurisdictions.find(({ jurisdiction }) => jurisdiction === "EU");
    const file = parse(committed("EU/transfers.yaml")) as Record<string, unknown>;
    const { schema, compiled, sources, ...rest } = file;
    expect(rest).toEqual(eu);
    expect(JSON.stringify(rest)).toBe(JSON.stringify(eu));
    expect([schema, compiled]).toEqual(["bailiwick-transfers/1", whole.compiled]);
    const used = new Set(eu?.rules.flatMap((row) => row.sources));
    expect(sources).toEqual(Object.fromEntries(Object.entries(whole.sources).filter(([source]) => used.has(source))));
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
    const drafts = { transfers: draft("transfers.yaml"), duties: draft("duties.yaml") };
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

test("J1: a row is moved whole, with members that nobody here knows; the gate's reader judges them", () => {
  const files = importTransfers({ transfers: TRANSFERS, duties: DUTIES }, ["AA"]);
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
  expect(() => importTransfers({ transfers: more, duties: DUTIES }, ["AA"])).toThrow("footnotes");
  const inside = TRANSFERS.replace("  name: Land", "  name: Land\n  treaties: [lost]");
  expect(() => importTransfers({ transfers: inside, duties: DUTIES }, ["AA"])).toThrow("treaties");
  expect(() => importTransfers({ transfers: TRANSFERS, duties: DUTIES }, ["BB"])).toThrow("no jurisdiction BB");
});
