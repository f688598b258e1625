// SPDX-License-Identifier: Apache-2.0
// The duties of the folder `regulations/`, all or nothing: one wrong member in one file, and no row of any file is used.
import { readdir } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import { type Digest, digestOf, JURISDICTION, type Problem, quote } from "../../core/index.ts";
import type { CaseState } from "../case/state.ts";
import { ProveError } from "../errors.ts";
import { placesFile, placesOf } from "../transfer/places.ts";
import { type CheckedYaml, checkYaml, readIfThere } from "../yaml-file.ts";
import { buildRow, type Report } from "./build-row.ts";
import type { KnownWords } from "./duty-shape.ts";
import type { Kind, Vocabulary } from "./names.ts";
import { parseExpr } from "./parse.ts";
import type { CalendarFile, CalendarKey, ConflictRow, EventId, Reckoning, Row, RowId } from "./row.ts";
import { calendarFile, conflictsFile, type InstrumentFile, instrumentFile } from "./shapes.ts";
import { type WordsFile, wordsFile } from "./words.ts";

/** Every duty that the data knows, with the words it is written in. */
export interface Regimes {
  readonly compiled: string;
  /** What this data is and is not, for people. */
  readonly standing: string;
  readonly vocabulary: Vocabulary;
  readonly events: ReadonlyMap<EventId, string>;
  readonly reckonings: ReadonlyMap<string, Reckoning>;
  readonly calendars: ReadonlyMap<CalendarKey, CalendarFile>;
  readonly rows: ReadonlyMap<RowId, Row>;
  readonly conflicts: readonly ConflictRow[];
  /** Of every byte that was read. */
  readonly digest: Digest;
}

/** What became of a folder. Without problems there are rules to use. */
export interface Checked {
  readonly regimes?: Regimes | undefined;
  readonly problems: readonly Problem[];
}

/** @throws ProveError PROVE_REGULATIONS_INVALID, PROVE_FILE_UNREADABLE */
export async function loadRegimes(dir: string): Promise<Regimes> {
  const { regimes, problems } = await checkRegimes(dir);
  if (regimes !== undefined) return regimes;
  const [first, ...others] = problems;
  const { file = "", line = 0, column = 0, text = "it has no duty" } = first ?? {};
  const rest = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const place = path.join(dir, file);
  throw new ProveError("PROVE_REGULATIONS_INVALID", `reading ${place}:${line}:${column}: ${text}${rest}`);
}

/** Reads the folder and says all that is wrong with it. @throws ProveError PROVE_FILE_UNREADABLE */
export async function checkRegimes(dir: string): Promise<Checked> {
  const reader = createReader(dir);
  const places = await reader.read("places.yaml", placesFile);
  const words = await reader.read("facts.yaml", wordsFile);
  const conflicts = await reader.read("conflicts.yaml", conflictsFile);
  const calendars = await readCalendars(reader);
  if (words.value === undefined || places.value === undefined) return { problems: reader.problems };
  const leaves = placesOf(places.value);
  const vocabulary = vocabularyOf(words, leaves, reader);
  const known = knownWords(words.value, calendars);
  const rows = await readRows(reader, vocabulary, known);
  checkAcross(rows, reader);
  if (reader.problems.length > 0 || conflicts.value === undefined) return { problems: reader.problems };
  const { compiled, standing, clock_events, reckonings } = words.value;
  return {
    problems: [],
    regimes: {
      compiled,
      standing,
      vocabulary,
      events: new Map(Object.entries(clock_events)),
      reckonings: new Map(Object.entries(reckonings)),
      calendars,
      rows: new Map(withReplacements(rows.map(({ row }) => row)).map((row) => [row.duty.id, row])),
      conflicts: conflicts.value.conflicts,
      digest: digestOf(Object.fromEntries(reader.texts)),
    },
  };
}

type Reader = ReturnType<typeof createReader>;

/** Reads files of one folder, and gathers what is wrong with them. */
function createReader(dir: string) {
  const texts = new Map<string, string>();
  const problems: Problem[] = [];
  return {
    dir,
    texts,
    problems,
    read: async <T>(name: string, shape: z.ZodType<T>): Promise<CheckedYaml<T>> => {
      const file = path.join(dir, name);
      const text = await readIfThere(file);
      if (text === undefined) throw new ProveError("PROVE_FILE_UNREADABLE", `reading ${quote(file)}: no such file`);
      texts.set(name, text);
      const checked = checkYaml({ path: name, text, code: "PROVE_REGULATIONS_INVALID" }, shape);
      problems.push(...checked.problems);
      return checked;
    },
    list: async (folder: string): Promise<readonly string[]> => {
      try {
        const entries = await readdir(path.join(dir, folder), { withFileTypes: true });
        return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).toSorted();
      } catch (cause) {
        throw new ProveError("PROVE_FILE_UNREADABLE", `reading the folder ${quote(path.join(dir, folder))}`, { cause });
      }
    },
  };
}

async function readCalendars(reader: Reader): Promise<ReadonlyMap<CalendarKey, CalendarFile>> {
  const names = (await reader.list("calendars")).filter((name) => name.endsWith(YAML));
  const files = await Promise.all(
    names.map((name) => reader.read(`calendars/${name}`, calendarFile(name.slice(0, -YAML.length)))),
  );
  return new Map(files.flatMap(({ value }) => (value === undefined ? [] : [[value.key, value]])));
}

const YAML = ".yaml";
/** What else stands in the folder of a law: the transfer gate's. */
const NOT_DUTIES: ReadonlySet<string> = new Set(["transfers.yaml", "scope.yaml"]);

function vocabularyOf(words: CheckedYaml<WordsFile>, places: Vocabulary["places"], reader: Reader): Vocabulary {
  const { facts = {}, roles = {}, kinds = {} } = words.value ?? {};
  const names = {
    facts: new Map(Object.entries(facts)),
    roles: new Map(Object.entries(roles)),
    // a kind cannot be made of kinds, so none can be made of itself
    kinds: new Map<string, Kind>(),
    places,
  };
  const parsed = Object.entries(kinds).flatMap(([name, { is, note }]): [string, Kind][] => {
    const found = parseExpr(is, names);
    if ("expr" in found) return [[name, { is: found.expr, note }]];
    const { at, text, fix } = found.problem;
    const more = fix === undefined ? { units: at } : { units: at, fix };
    reader.problems.push(words.problemAt(["kinds", name, "is"], `kinds.${name}.is: ${text}`, more));
    return [];
  });
  return { ...names, kinds: new Map(parsed) };
}

function knownWords(words: WordsFile, calendars: KnownWords["calendars"]): KnownWords {
  return {
    events: keysOf(words.clock_events),
    reckonings: keysOf(words.reckonings),
    contentFields: keysOf(words.content_fields),
    calendars,
  };
}

function keysOf(record: object): ReadonlySet<string> {
  return new Set(Object.keys(record));
}

interface Found {
  readonly row: Omit<Row, "replacedBy">;
  /** Tells a problem at a member of the row. */
  readonly report: Report;
}

async function readRows(reader: Reader, vocabulary: Vocabulary, known: KnownWords): Promise<readonly Found[]> {
  const folders = (await reader.list(".")).filter((name) => name.endsWith("/") && JURISDICTION.test(name.slice(0, -1)));
  const rows: Found[] = [];
  for (const folder of folders) {
    const names = (await reader.list(folder)).filter((name) => name.endsWith(YAML) && !NOT_DUTIES.has(name));
    for (const name of names) {
      const file = `${folder}${name}`;
      rows.push(
        ...rowsOf(await reader.read(file, instrumentFile(folder.slice(0, -1), known)), file, vocabulary, reader),
      );
    }
  }
  return rows;
}

function rowsOf(
  checked: CheckedYaml<InstrumentFile>,
  file: string,
  vocabulary: Vocabulary,
  reader: Reader,
): readonly Found[] {
  if (checked.value === undefined) return [];
  const { jurisdiction, instrument, duties, sources, review_by: reviewBy } = checked.value;
  return duties.flatMap((members, index) => {
    const report: Report = (at, text, more) => {
      reader.problems.push(checked.problemAt(["duties", index, ...at], `${members.id}: ${text}`, more));
    };
    const row = buildRow({ ...members, jurisdiction, instrument }, vocabulary, report);
    const of = members.sources.flatMap((name) => (sources[name] === undefined ? [] : [{ name, ...sources[name] }]));
    return row === undefined ? [] : [{ row: { ...row, sources: of, reviewBy, file }, report }];
  });
}

/** What rows of different files demand of each other. */
function checkAcross(rows: readonly Found[], { problems }: Reader): void {
  const ids = new Set<string>();
  for (const { row, report } of rows) {
    if (ids.has(row.duty.id)) report(["id"], "the id stands twice; ids are never used again");
    ids.add(row.duty.id);
  }
  if (problems.length > 0) return;
  for (const { row, report } of rows) {
    const { id, transposes, jurisdiction } = row.duty;
    if (transposes === undefined) continue;
    const parent = rows.find((other) => other.row.duty.id === transposes && other.row.duty.id !== id);
    if (parent === undefined) report(["transposes"], `transposes: no such row: ${quote(transposes)}`);
    else if (parent.row.appliesWhen.evaluate(establishedOnlyIn(jurisdiction)).truth !== "false") {
      const fix = `take ${jurisdiction} out of the places of ${transposes}`;
      report(
        ["transposes"],
        `transposes: ${transposes} still applies to one who is established in ${jurisdiction} alone`,
        { fix },
      );
    }
  }
}

/** Of whom nothing else is known. */
function establishedOnlyIn(place: string): CaseState {
  const nothing = { names: new Set<string>(), complete: false };
  const nowhere = { ...nothing, complete: true };
  return {
    entity: { roles: nothing, est: { names: new Set([place]), complete: true }, serves: nowhere, freeZones: nothing },
    people: { by: new Map(), complete: false },
    facts: new Map(),
  };
}

function withReplacements(rows: readonly Omit<Row, "replacedBy">[]): readonly Row[] {
  const children = Map.groupBy(rows, ({ duty }) => duty.transposes);
  return rows.map((row) => ({ ...row, replacedBy: (children.get(row.duty.id) ?? []).map(({ duty }) => duty.id) }));
}
