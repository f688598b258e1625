// SPDX-License-Identifier: Apache-2.0
// Questions to the rows: newest first, page by page, one tenant at a time.
import {
  type EntryId,
  type Instant,
  isJsonObject,
  type JsonObject,
  parseJson,
  referenceOf,
  type Store,
} from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import { tables } from "./schema.ts";
import { TERM_KINDS, type TermKind, termOf } from "./terms.ts";

/** What is asked for. Every member that is there has to hold; a list holds where one of it does. */
export interface SearchAsk {
  readonly tenant: string;
  readonly terms: Readonly<Partial<Record<TermKind, readonly string[]>>>;
  /** The first instant that counts. */
  readonly after?: Instant;
  /** The first instant that counts no more. */
  readonly before?: Instant;
  /** Index of an entry: only older ones are looked at. */
  readonly cursor?: number;
  /** Index of the one entry that is meant. */
  readonly only?: number;
  /** Whether a word may be taken for a person. */
  readonly people?: boolean;
  readonly limit: number;
}

/** An entry that was found. */
export interface Hit {
  readonly index: number;
  readonly id: string;
  /** Leaf hash, base64url. */
  readonly leaf: string;
  readonly summary: JsonObject;
}

export interface SearchPage {
  /** Newest first. */
  readonly hits: readonly Hit[];
  /** Where to go on to older ones; absent where there are none. */
  readonly next?: number;
}

/** Searches the rows of one log. */
export async function searchRows(store: Pick<Store, "read">, log: string, ask: SearchAsk): Promise<SearchPage> {
  const bounds = await boundsOf(store, log, ask);
  if (bounds === undefined) return { hits: [] };
  const rows = await rowsWithin(store, { log, ask, ...bounds });
  const hits = rows.slice(0, ask.limit).map(({ idx, summary, ...row }) => {
    return { ...row, index: idx, summary: readSummary(summary) };
  });
  const last = hits.at(-1)?.index;
  return rows.length > ask.limit && last !== undefined ? { hits, next: last } : { hits };
}

interface Within {
  readonly log: string;
  readonly ask: SearchAsk;
  readonly from: number;
  readonly to: number;
}

/**
 * One row more than is asked for. The rarest kind that names one value leads: its rows are in the order of the log already,
 * and the others are looked up for each of them.
 */
function rowsWithin(
  { read }: Pick<Store, "read">,
  { log, ask, from, to }: Within,
): Promise<readonly { readonly idx: number; readonly id: string; readonly leaf: string; readonly summary: string }[]> {
  const groups = groupsOf(ask);
  const leading = groups.find(({ length }) => length === 1);
  let query = tables(read)
    .selectFrom("record_index as i")
    .select(["i.idx", "i.id", "i.leaf", "i.summary"])
    .where("i.tenant", "=", ask.tenant)
    .where("i.log", "=", log)
    .where("i.idx", ">=", from)
    .where("i.idx", "<", to);
  for (const group of groups) {
    if (group === leading) continue;
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom("record_term as t")
          .select("t.idx")
          .where("t.tenant", "=", ask.tenant)
          .where("t.term", "in", group)
          .where("t.log", "=", log)
          .whereRef("t.idx", "=", "i.idx"),
      ),
    );
  }
  const [term] = leading ?? [];
  if (term === undefined)
    return query
      .orderBy("i.idx", "desc")
      .limit(ask.limit + 1)
      .execute();
  return query
    .innerJoin("record_term as d", "d.idx", "i.idx")
    .where("d.tenant", "=", ask.tenant)
    .where("d.term", "=", term)
    .where("d.log", "=", log)
    .where("d.idx", ">=", from)
    .where("d.idx", "<", to)
    .orderBy("d.idx", "desc")
    .limit(ask.limit + 1)
    .execute();
}

/** Index of the entry with this id: entries are found by their reference, which many ids can share. */
export async function idOf(
  { read }: Pick<Store, "read">,
  asked: { readonly log: string; readonly tenant: string; readonly id: EntryId },
): Promise<number | undefined> {
  const found = await tables(read)
    .selectFrom("record_term as t")
    .innerJoin("record_index as i", (join) =>
      join.onRef("i.tenant", "=", "t.tenant").onRef("i.log", "=", "t.log").onRef("i.idx", "=", "t.idx"),
    )
    .select("i.idx")
    .where("t.tenant", "=", asked.tenant)
    .where("t.term", "=", termOf("reference", referenceOf(asked.id)))
    .where("t.log", "=", asked.log)
    .where("i.id", "=", asked.id)
    .executeTakeFirst();
  return found?.idx;
}

/** The first of these kinds under which the value is known; what people paste says seldom what it is. */
export async function kindOf(
  { read }: Pick<Store, "read">,
  asked: { readonly log: string; readonly tenant: string; readonly value: string },
  kinds: readonly TermKind[],
): Promise<TermKind | undefined> {
  for (const kind of kinds) {
    const found = await tables(read)
      .selectFrom("record_term")
      .select("idx")
      .where("tenant", "=", asked.tenant)
      .where("term", "=", termOf(kind, asked.value))
      .where("log", "=", asked.log)
      .limit(1)
      .executeTakeFirst();
    if (found !== undefined) return kind;
  }
  return undefined;
}

/** One group of terms for each kind, rarest kind first. */
function groupsOf({ terms }: SearchAsk): readonly (readonly string[])[] {
  return TERM_KINDS.flatMap((kind) => {
    const values = terms[kind];
    return values === undefined ? [] : [[...new Set(values)].map((value) => termOf(kind, value))];
  });
}

/**
 * Time as indexes: within a log time never goes back (record L2), so a span of time is a span of entries.
 * @returns undefined where nothing can be in it
 */
async function boundsOf(
  { read }: Pick<Store, "read">,
  log: string,
  { tenant, after, before, cursor, only }: SearchAsk,
): Promise<{ readonly from: number; readonly to: number } | undefined> {
  const rows = tables(read)
    .selectFrom("record_index")
    .select("idx")
    .where("tenant", "=", tenant)
    .where("log", "=", log);
  let from = only ?? 0;
  let to = Math.min(cursor ?? Number.MAX_SAFE_INTEGER, only === undefined ? Number.MAX_SAFE_INTEGER : only + 1);
  if (after !== undefined) {
    const first = await rows.where("at", ">=", after).orderBy("at").orderBy("idx").limit(1).executeTakeFirst();
    if (first === undefined) return undefined;
    from = Math.max(from, first.idx);
  }
  if (before !== undefined) {
    const older = rows.where("at", "<", before).orderBy("at", "desc").orderBy("idx", "desc");
    const last = await older.limit(1).executeTakeFirst();
    if (last === undefined) return undefined;
    to = Math.min(to, last.idx + 1);
  }
  return from < to ? { from, to } : undefined;
}

function readSummary(text: string): JsonObject {
  const json = parseJson(text);
  if (!isJsonObject(json)) throw new RecordError("RECORD_CORRUPT", "reading the rows of the record: no summary");
  return json;
}
