// SPDX-License-Identifier: Apache-2.0
// Splits a draft of duties into `regulations/`: `node tools/import-duties.ts [--from FILE] [--to DIR]`. It moves rows and
// words as they stand and judges none; the reader of src/prove/regimes checks the result. The places of the draft are in
// `places.yaml` already (tools/import-transfers.ts); its counts are no data, since whoever counts gets them.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { parse, stringify } from "yaml";
import { z } from "zod";

// a record keeps members in the order of the draft
const members = z.record(z.string(), z.unknown());
const heads = z.looseObject({
  jurisdiction: z.string(),
  instrument: z.string(),
  zone: z.string(),
  calendar: z.string(),
  sources: z.array(z.string()),
});
const row = members.check(
  z.refine((one) => heads.safeParse(one).success, "a row needs jurisdiction, instrument, zone, calendar and sources"),
);
const dutiesDraft = z.strictObject({
  schema: z.literal("bailiwick-duties/0.1"),
  compiled: z.iso.date(),
  standing: z.string(),
  conventions: members,
  counts: members,
  traps: z.array(z.string()),
  reckonings: z.record(z.string(), members),
  places: members,
  zones: z.record(z.string(), z.strictObject({ zone: z.string(), calendar: z.string() })),
  weekends: z.record(z.string(), z.array(z.string())),
  roles: members,
  kinds: members,
  clock_events: members,
  facts: members,
  conflicts: z.array(members),
  worked_example: members,
  severity_scales: members,
  formats: members,
  content_fields: members,
  sources: members,
  duties: z.array(row).min(1),
});
type Draft = z.infer<typeof dutiesDraft>;
type Files = Readonly<Record<string, string>>;

/** What a draft becomes: text by path under `regulations/`. @throws Error where it is not of the shape that is read */
export function importDuties(text: string): Files {
  const draft = dutiesDraft.parse(parse(text));
  const instruments = Map.groupBy(draft.duties, (duty) => {
    const { jurisdiction, instrument } = heads.parse(duty);
    return `${jurisdiction}/${slug(instrument)}.yaml`;
  });
  return {
    "facts.yaml": write(wordsOf(draft)),
    "conflicts.yaml": write({ schema: "bailiwick-conflicts/1", compiled: draft.compiled, conflicts: draft.conflicts }),
    "formats.yaml": write({ schema: "bailiwick-formats/1", compiled: draft.compiled, formats: draft.formats }),
    "tests/worked-example.yaml": write({
      schema: "bailiwick-example/1",
      compiled: draft.compiled,
      ...draft.worked_example,
    }),
    ...Object.fromEntries(calendarsOf(draft).map((one) => [`calendars/${one.key}.yaml`, write(one)])),
    ...Object.fromEntries([...instruments].map(([name, rows]) => [name, write(instrumentOf(rows, draft))])),
  };
}

/** The words that rows are written in, and sources that no row but only a reckoning, or nothing, rests on. */
function wordsOf(draft: Draft): object {
  const { compiled, standing, conventions, traps, reckonings, zones, roles, kinds, clock_events, facts } = draft;
  const ofRows = new Set(draft.duties.flatMap((duty) => heads.parse(duty).sources));
  const ofReckonings = new Set(Object.values(reckonings).map(({ source }) => source));
  const sources = Object.entries(draft.sources).filter(([name]) => ofReckonings.has(name) || !ofRows.has(name));
  return {
    schema: "bailiwick-facts/1",
    compiled,
    standing,
    conventions,
    traps,
    roles,
    kinds,
    clock_events,
    facts,
    reckonings,
    zones,
    severity_scales: draft.severity_scales,
    content_fields: draft.content_fields,
    sources: Object.fromEntries(sources),
  };
}

interface Calendar {
  readonly schema: string;
  readonly key: string;
  readonly zone: string;
  readonly weekend: readonly string[];
  readonly base: string;
  readonly day_end?: string;
  readonly cite?: string;
}

/** One for each that a jurisdiction or a row names; that of the recipient's state is no calendar of its own. */
function calendarsOf({ duties, zones, weekends, reckonings }: Draft): readonly Calendar[] {
  const named = [...Object.values(zones), ...duties.map((duty) => heads.parse(duty))].filter(
    ({ calendar }) => calendar !== HOME_STATE,
  );
  const zoneOf = new Map(named.toReversed().map(({ calendar, zone }) => [calendar, zone]));
  const keys = [...new Set(named.map(({ calendar }) => calendar))].toSorted();
  return keys.map((key) => {
    const zone = z.string().parse(zoneOf.get(key));
    const common = { schema: "bailiwick-calendar/1", key, zone, weekend: weekends[key] ?? weekends["default"] ?? [] };
    const special = BASES[key];
    if (special === undefined) return { ...common, base: key };
    const { cite, day_end } = z
      .looseObject({ cite: z.string(), day_end: z.string() })
      .parse(reckonings[special.reckoning]);
    return { ...common, base: special.base, day_end, cite };
  });
}

function instrumentOf(rows: Draft["duties"], { compiled, sources }: Draft): object {
  const { jurisdiction, instrument } = heads.parse(rows[0]);
  const used = [...new Set(rows.flatMap((one) => heads.parse(one).sources))].toSorted();
  return {
    schema: "bailiwick-instrument/1",
    jurisdiction,
    instrument,
    version: 1,
    effective_at: compiled,
    review_by: aYearAfter(compiled),
    sources: Object.fromEntries(used.map((source) => [source, members.parse(sources[source])])),
    // what stands at the head of the file is not said again in each row
    duties: rows.map((duty) => Object.fromEntries(Object.entries(duty).filter(([name]) => !HEAD_MEMBERS.has(name)))),
  };
}

const HEAD_MEMBERS: ReadonlySet<string> = new Set(["jurisdiction", "instrument"]);
const HOME_STATE = "home_state";

/** Calendars that are not those of a place: whose holidays they begin with, and the reckoning that says when a day ends. */
const BASES: Readonly<Record<string, { readonly base: string; readonly reckoning: string }>> = {
  "US-SEC": { base: "US", reckoning: "sec_edgar" },
};

/** A row that nobody looked at for a year is shown as one to look at. */
function aYearAfter(day: string): string {
  return `${Number(day.slice(0, 4)) + 1}${day.slice(4)}`;
}

/** File name of an instrument: its title without what stands in brackets. */
function slug(instrument: string): string {
  const words = instrument
    .replaceAll(/\([^)]*\)/g, "")
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return z.array(z.string()).parse(words).join("-");
}

const HEAD = `# SPDX-License-Identifier: Apache-2.0
# Made by tools/import-duties.ts from a researched draft. Starting data: check each row before it is enabled. Not legal advice.
`;

function write(value: object): string {
  // quotes what YAML 1.1 would take for something else: the country code NO, dates
  return (
    HEAD + stringify(value, { lineWidth: 140, compat: "yaml-1.1", singleQuote: true, aliasDuplicateObjects: false })
  );
}

function main(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: "string", default: path.join("..", "shared", "regimes", "duties.yaml") },
      to: { type: "string", default: "regulations" },
    },
  });
  const files = Object.entries(importDuties(readFileSync(values.from, "utf8")));
  for (const [name, text] of files) {
    const file = path.join(values.to, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  console.log(`wrote ${files.length} files below ${values.to}`);
}

if (import.meta.main) main(process.argv.slice(2));
