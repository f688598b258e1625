// SPDX-License-Identifier: Apache-2.0
// Finding entries, as other rooms see it: rows that are filled in the background, and how far they reach.
import { parseEntryId } from "../../core/index.ts";
import { guess } from "./guess.ts";
import { BATCH_ENTRIES, Projection, type ProjectionPorts } from "./projection.ts";
import { idOf, kindOf, type SearchAsk, type SearchPage, searchRows } from "./search.ts";
import type { TermKind } from "./terms.ts";

/** Batches that one question waits for at most, so that what was just done is found. */
const WAIT_BATCHES = 10;

export interface SearchAnswer extends SearchPage {
  /** Entries before this index are in the rows; what came after is not found yet. */
  readonly indexedThrough: number;
  /** Durable entries. */
  readonly size: number;
  /** What a word was taken for. */
  readonly meant?: Meant;
}

export type Meant = { readonly kind: TermKind | "index" | "id" | "time" | "nothing"; readonly value: string };

export interface SearchRoom {
  /** Newest first. @throws StoreError where the rows cannot be read */
  search(ask: SearchAsk & { readonly word?: string }): Promise<SearchAnswer>;
  readonly indexedThrough: number;
  /** Takes all rows away and makes them again. */
  rebuild(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the rows of a log, and begins to fill them. @param origin - of the log */
export async function openSearch(ports: ProjectionPorts, origin: string): Promise<SearchRoom> {
  const projection = await Projection.open(ports, origin);
  projection.start();
  return {
    async search({ word, ...ask }) {
      const size = ports.entries.size();
      const isNear = size - projection.indexedThrough <= WAIT_BATCHES * BATCH_ENTRIES;
      if (isNear) await projection.catchUp(size, WAIT_BATCHES);
      const indexedThrough = projection.indexedThrough;
      const asked = word === undefined ? { ask } : await meaning(ports, origin, { ask, word });
      const page = asked === undefined ? { hits: [] } : await searchRows(ports.store, origin, asked.ask);
      const meant = word === undefined ? undefined : (asked?.meant ?? { kind: "nothing", value: word });
      return { ...page, indexedThrough, size, ...(meant === undefined ? {} : { meant }) };
    },
    get indexedThrough() {
      return projection.indexedThrough;
    },
    rebuild: () => projection.rebuild(),
    close: () => projection.close(),
  };
}

interface Worded {
  readonly ask: SearchAsk;
  readonly word: string;
}

/** The question that a word stands for; nothing where it is known under no kind. */
async function meaning(
  { store }: Pick<ProjectionPorts, "store">,
  log: string,
  { ask, word }: Worded,
): Promise<{ readonly ask: SearchAsk; readonly meant?: Meant } | undefined> {
  const guessed = guess(word);
  if (guessed.is === "index") {
    return { ask: { ...ask, only: guessed.index }, meant: { kind: "index", value: String(guessed.index) } };
  }
  if (guessed.is === "time") return { ask: { ...ask, before: guessed.at }, meant: { kind: "time", value: word } };
  if (guessed.is === "id") {
    const index = await idOf(store, { log, tenant: ask.tenant, id: parseEntryId(guessed.id) });
    if (index !== undefined) return { ask: { ...ask, only: index }, meant: { kind: "id", value: word } };
  }
  const value = guessed.is === "id" ? guessed.id : guessed.value;
  const kinds = guessed.kinds.filter((kind) => kind !== "person" || ask.people === true);
  const kind = await kindOf(store, { log, tenant: ask.tenant, value }, kinds);
  if (kind === undefined) return undefined;
  return { ask: { ...ask, terms: { ...ask.terms, [kind]: [value] } }, meant: { kind, value } };
}
