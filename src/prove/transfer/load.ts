// SPDX-License-Identifier: Apache-2.0
// The folder `regulations/`, all or nothing: one wrong member in one file, and no rule of any file is used.
import { readdir } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import { type Digest, digestOf, JURISDICTION, quote } from "../../core/index.ts";
import { ProveError } from "../errors.ts";
import { parseYaml, readIfThere } from "../yaml-file.ts";
import { type Leaves, type Places, placesFile, placesOf } from "./places.ts";
import { type Adequate, type Known, type Row, type RowsFile, rowsFile, type ScopeFile, scopeFile } from "./rows.ts";
import { type Words, wordsFile } from "./words.ts";

/** One law, ready to be asked. */
export interface Law {
  readonly name: string;
  readonly area: { readonly id: string; readonly leaves: Leaves };
  readonly adequacy: readonly (Adequate & { readonly leaves: Leaves })[];
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  readonly implies: ScopeFile["implies"];
  readonly assessment: ScopeFile["assessment"];
}

export interface Regulations {
  readonly words: Words;
  readonly places: Places;
  readonly laws: readonly Law[];
  readonly rows: readonly Row[];
  /** Facts about importers that some list asks for. */
  readonly importerFacts: ReadonlySet<string>;
  /** Of every byte that was read. */
  readonly digest: Digest;
}

const ROWS_FILE = "transfers.yaml";
const SCOPE_FILE = "scope.yaml";
const LAW_FILES: readonly string[] = [ROWS_FILE, SCOPE_FILE];

/** @throws ProveError PROVE_REGULATIONS_INVALID, PROVE_FILE_UNREADABLE */
export async function loadRegulations(dir: string): Promise<Regulations> {
  const texts = new Map<string, string>();
  const read = async <T>(name: string, shape: z.ZodType<T>): Promise<T> => {
    const file = path.join(dir, name);
    const text = await readIfThere(file);
    if (text === undefined) throw new ProveError("PROVE_FILE_UNREADABLE", `reading ${quote(file)}: no such file`);
    texts.set(name, text);
    return parseYaml({ path: file, text, code: "PROVE_REGULATIONS_INVALID" }, shape);
  };
  const found = await read("places.yaml", placesFile);
  const words = await read("transfers.yaml", wordsFile);
  const places = placesOf(found);
  const names = await lawFolders(dir);
  const named = new Set([...places.keys(), ...found.organisations]);
  const laws: Law[] = [];
  const meanings: (readonly [string, Leaves])[] = [];
  const rows: Row[] = [];
  const ids: string[] = [];
  for (const law of names) {
    const known: Known = { law, words, places, named };
    const file = await read(path.posix.join(law, ROWS_FILE), rowsFile(known));
    const scope = await read(path.posix.join(law, SCOPE_FILE), scopeFile(known));
    laws.push(buildLaw(law, file, scope, places));
    meanings.push([law, leavesOf(places, scope.place)]);
    rows.push(...file.rules);
    ids.push(...[...file.rules, scope.area, ...scope.implies, scope.assessment].flatMap((one) => one?.id ?? []));
  }
  refuseTwice(dir, ids);
  return {
    words,
    places: new Map([...meanings, ...places]),
    laws,
    rows,
    importerFacts: new Set(laws.flatMap(({ adequacy }) => adequacy.flatMap((one) => one.only_if ?? []))),
    digest: digestOf(Object.fromEntries(texts)),
  };
}

/**
 * Folders named like a jurisdiction that say something of transfers: others hold duties alone. One of the two files is
 * enough to be a law here, so that a folder which lost the other is refused and not passed over.
 * @throws ProveError where there is none: that would be rules without a rule
 */
async function lawFolders(dir: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory() && JURISDICTION.test(entry.name));
    const contents = await Promise.all(
      folders.map(async ({ name }) => ({ name, files: await readdir(path.join(dir, name)) })),
    );
    const laws = contents.filter(({ files }) => LAW_FILES.some((file) => files.includes(file)));
    if (laws.length > 0) return laws.map(({ name }) => name).toSorted();
  } catch (cause) {
    throw new ProveError("PROVE_FILE_UNREADABLE", `reading the folder ${quote(dir)}`, { cause });
  }
  throw new ProveError("PROVE_REGULATIONS_INVALID", `reading the folder ${quote(dir)}: it has no law`);
}

/** @throws ProveError where two statements have one id: a verdict could not say which it means */
function refuseTwice(dir: string, ids: readonly string[]): void {
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return;
  throw new ProveError(
    "PROVE_REGULATIONS_INVALID",
    `reading the laws of ${quote(dir)}: the id ${quote(twice)} stands twice`,
  );
}

function buildLaw(name: string, file: RowsFile, scope: ScopeFile, places: Places): Law {
  return {
    name,
    area: { id: scope.area.id, leaves: leavesOf(places, scope.area.place) },
    // an organisation is no place: its entry stays in the data and opens nothing
    adequacy: file.adequacy.flatMap((entry) => {
      const leaves = places.get(entry.to);
      return leaves === undefined ? [] : [{ ...entry, leaves }];
    }),
    rows: Map.groupBy(file.rules, ({ category }) => category),
    implies: scope.implies,
    assessment: scope.assessment,
  };
}

/** A place that the schema has already found to be known. */
function leavesOf(places: Places, place: string): Leaves {
  const leaves = places.get(place);
  if (leaves === undefined) throw new ProveError("PROVE_REGULATIONS_INVALID", `no such place: ${quote(place)}`);
  return leaves;
}
