// SPDX-License-Identifier: Apache-2.0
// Splits a draft of transfer rules into `regulations/`: `node tools/import-transfers.ts [--from FILE] [--places FILE]
// [--only EU,..] [--to DIR]`. It moves rows and words as they stand, but for the corrections that import-corrections.yaml
// lists, and judges none; the gate's own reader checks the result.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { correct, parseCorrections } from "./import-corrections.ts";

/** Texts of the two drafts: the rules, and the duties, whose `places` say which countries a group holds; and of the corrections. */
export interface Drafts {
  readonly transfers: string;
  readonly duties: string;
  readonly corrections: string;
}

// a record keeps members in the order of the draft
const row = z.record(z.string(), z.unknown());
const law = z.strictObject({
  jurisdiction: z.string(),
  name: z.string(),
  adequacy: z.array(z.record(z.string(), z.string())).default([]),
  rules: z.array(row).min(1),
});
const transfersDraft = z.strictObject({
  schema: z.literal("bailiwick-transfers/0.1"),
  compiled: z.string(),
  standing: z.string(),
  conventions: z.record(z.string(), z.string()),
  postures: z.record(z.string(), z.string()),
  mechanism_kinds: z.record(z.string(), z.array(z.string())),
  mechanism_rules: z.record(z.string(), z.string()),
  gates: z.array(z.string()),
  counts: z.unknown(),
  sources: z.record(z.string(), z.string()),
  jurisdictions: z.array(law),
});
const dutiesDraft = z.object({
  compiled: z.string(),
  places: z.object({ note: z.string() }).catchall(z.union([z.array(z.string()), z.string()])),
  zones: z.record(z.string(), z.unknown()),
});
type Law = z.infer<typeof law>;
type TransfersDraft = z.infer<typeof transfersDraft>;

/**
 * What the drafts become: text by path under `regulations/`.
 * @throws Error where a draft is not of the shape that is read, or a correction does not find what it corrects
 */
export function importTransfers(drafts: Drafts, only: readonly string[]): Readonly<Record<string, string>> {
  const transfers = corrected(transfersDraft.parse(parse(drafts.transfers)), drafts.corrections);
  const duties = dutiesDraft.parse(parse(drafts.duties));
  const laws = only.map((wanted) => {
    const found = transfers.jurisdictions.find(({ jurisdiction }) => jurisdiction === wanted);
    if (found === undefined) throw new Error(`the draft has no jurisdiction ${wanted}`);
    return found;
  });
  return {
    "places.yaml": write(placesOf(transfers, duties)),
    "transfers.yaml": write(wordsOf(transfers)),
    ...Object.fromEntries(laws.map((one) => [`${one.jurisdiction}/transfers.yaml`, write(lawOf(one, transfers))])),
  };
}

function corrected(draft: TransfersDraft, text: string): TransfersDraft {
  const { sources, corrections } = parseCorrections(text);
  const twice = Object.keys(sources).find((source) => Object.hasOwn(draft.sources, source));
  if (twice !== undefined) throw new Error(`corrections: the draft has a source ${twice} of its own`);
  return {
    ...draft,
    sources: { ...draft.sources, ...sources },
    jurisdictions: [...correct(draft.jurisdictions, corrections)],
  };
}

/** Every place that the drafts name. A place that is not here is unknown to the gate, and so refused. */
function placesOf({ jurisdictions }: TransfersDraft, { compiled, places, zones }: z.infer<typeof dutiesDraft>): object {
  const groups = Object.fromEntries(Object.entries(places).filter(([, members]) => Array.isArray(members)));
  const lists = jurisdictions.flatMap(({ adequacy }) => adequacy);
  const organisations = lists.filter(({ note }) => note === "organisation").map(({ to }) => z.string().parse(to));
  const named = [
    ...jurisdictions.map(({ jurisdiction }) => jurisdiction),
    ...lists.map(({ to }) => z.string().parse(to)),
    ...Object.values(groups).flat(),
    ...Object.keys(zones),
  ];
  const known = named.filter((place) => ISO_3166.test(place) && place !== EUROPEAN_UNION);
  return {
    schema: "bailiwick-places/1",
    compiled,
    groups,
    note: places.note,
    known: sorted(known),
    organisations: sorted(organisations),
  };
}

function wordsOf({ conventions, ...draft }: TransfersDraft): object {
  const sentence = (name: string): string => z.string().parse(conventions[name]);
  return {
    schema: "bailiwick-transfer-words/1",
    compiled: draft.compiled,
    standing: draft.standing,
    conventions,
    // the same two sentences of the conventions as lists, so that rows can be held against them
    localizations: sentence("localization")
      .split(" | ")
      .map((word) => word.replace(/ \(.*\)$/, "")),
    categories: sentence("categories").split(", "),
    postures: draft.postures,
    mechanism_kinds: draft.mechanism_kinds,
    mechanism_rules: draft.mechanism_rules,
    gates: draft.gates,
  };
}

function lawOf({ jurisdiction, name, adequacy, rules }: Law, { compiled, sources }: TransfersDraft): object {
  const used = sorted(rules.flatMap((rule) => z.array(z.string()).parse(rule["sources"])));
  return {
    schema: "bailiwick-transfers/1",
    jurisdiction,
    name,
    compiled,
    sources: Object.fromEntries(used.map((source) => [source, sources[source]])),
    adequacy,
    rules,
  };
}

const ISO_3166 = /^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/;
/** The drafts use it for a law; as a place it is a group, which `scope.yaml` of that law names. */
const EUROPEAN_UNION = "EU";

function sorted(words: readonly string[]): readonly string[] {
  return [...new Set(words)].toSorted();
}

const HEAD = `# SPDX-License-Identifier: Apache-2.0
# Made by tools/import-transfers.ts from a researched draft, corrected where tools/import-corrections.yaml says so. Starting
# data: check each rule before it enforces. Not legal advice.
`;

function write(value: object): string {
  // quotes what YAML 1.1 would take for something else: the country code NO, dates
  return HEAD + stringify(value, { lineWidth: 140, compat: "yaml-1.1", singleQuote: true });
}

function main(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: "string", default: path.join("..", "shared", "regimes", "transfers.yaml") },
      places: { type: "string" },
      only: { type: "string", default: EUROPEAN_UNION },
      to: { type: "string", default: "regulations" },
    },
  });
  const duties = values.places ?? path.join(path.dirname(values.from), "duties.yaml");
  const drafts = {
    transfers: readFileSync(values.from, "utf8"),
    duties: readFileSync(duties, "utf8"),
    corrections: readFileSync(path.join(import.meta.dirname, "import-corrections.yaml"), "utf8"),
  };
  for (const [name, text] of Object.entries(importTransfers(drafts, values.only.split(",")))) {
    const file = path.join(values.to, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`wrote ${file}`);
  }
}

if (import.meta.main) main(process.argv.slice(2));
