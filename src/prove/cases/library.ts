// SPDX-License-Identifier: Apache-2.0
// Reads all that cases are judged with: rows, calendars, the table of proposals, and who the entities are.
import path from "node:path";
import { loadShelf } from "../clocks/shelf.ts";
import { ProveError } from "../errors.ts";
import { loadRegimes } from "../regimes/load.ts";
import { readIfThere } from "../yaml-file.ts";
import { readEntities } from "./entities.ts";
import { readSeeds } from "./seeds.ts";
import type { Library } from "./view.ts";

/**
 * @param entities - file of the organisation's legal entities; without one no duty can be judged, and nothing is guessed
 * @throws ProveError PROVE_REGULATIONS_INVALID, PROVE_ENTITIES_INVALID, PROVE_FILE_UNREADABLE, PROVE_CLOCK_INVALID
 */
export async function loadLibrary(dir: string, entities?: string): Promise<Library> {
  const regimes = await loadRegimes(dir);
  const shelf = await loadShelf(dir, regimes.calendars.values());
  const file = path.join(dir, "seeds.yaml");
  const seeds = readSeeds(file, await text(file), regimes);
  const profiles = entities === undefined ? [] : readEntities(entities, await text(entities), regimes.vocabulary);
  return { regimes, shelf, seeds, entities: profiles };
}

async function text(file: string): Promise<string> {
  const found = await readIfThere(file);
  if (found !== undefined) return found;
  throw new ProveError("PROVE_FILE_UNREADABLE", `reading ${file}: no such file`);
}
