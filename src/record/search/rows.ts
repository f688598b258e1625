// SPDX-License-Identifier: Apache-2.0
// The rows of the projection: written in bulk, with statements that are compiled once for each number of rows.
import type { CompiledQuery } from "kysely";
import { type AnyDb, type JsonObject, member, type RecordedEntry, writeJson } from "../../core/index.ts";
import { tables } from "./schema.ts";
import { summaryOf, termsOf } from "./terms.ts";

/** UNIT: rows of one statement, largest first. Fixed, so that few statements are ever compiled. */
const AT_ONCE = [256, 32, 4, 1] as const;

type Values = readonly (string | number)[];

/** What the entries of one batch are in rows. */
export interface Rows {
  readonly index: readonly Values[];
  readonly terms: readonly Values[];
}

export function rowsOf(entries: readonly RecordedEntry[]): Rows {
  const index: Values[] = [];
  const terms: Values[] = [];
  for (const { ref, entry } of entries) {
    const tenant = textOf(entry, "tenant");
    const at = member(entry, "at");
    const summary = writeJson(summaryOf(entry));
    index.push([tenant, ref.log, ref.index, typeof at === "number" ? at : 0, textOf(entry, "id"), ref.leaf, summary]);
    for (const term of termsOf(entry, ref.leaf)) terms.push([tenant, term, ref.log, ref.index]);
  }
  return { index, terms };
}

/** Inserts in bulk. One of these lives as long as its database. */
export class RowWriter {
  private readonly compiled = new Map<string, CompiledQuery>();

  async write(db: AnyDb, { index, terms }: Rows): Promise<void> {
    await this.insert(db, "record_index", index);
    await this.insert(db, "record_term", terms);
  }

  private async insert(db: AnyDb, table: "record_index" | "record_term", rows: readonly Values[]): Promise<void> {
    for (let at = 0; at < rows.length; ) {
      const count = AT_ONCE.find((size) => size <= rows.length - at) ?? 1;
      const query = this.query(db, table, count);
      const some = rows.slice(at, at + count);
      await db.executeQuery({ ...query, parameters: some.flat() });
      at += count;
    }
  }

  private query(db: AnyDb, table: "record_index" | "record_term", count: number): CompiledQuery {
    const key = `${table} ${count}`;
    const query = this.compiled.get(key) ?? (table === "record_index" ? indexInsert(db, count) : termInsert(db, count));
    this.compiled.set(key, query);
    return query;
  }
}

function indexInsert(db: AnyDb, count: number): CompiledQuery {
  const row = { tenant: "", log: "", idx: 0, at: 0, id: "", leaf: "", summary: "" };
  const rows = Array.from({ length: count }, () => row);
  return tables(db).insertInto("record_index").values(rows).compile();
}

function termInsert(db: AnyDb, count: number): CompiledQuery {
  const rows = Array.from({ length: count }, () => ({ tenant: "", term: "", log: "", idx: 0 }));
  return tables(db).insertInto("record_term").values(rows).compile();
}

function textOf(entry: JsonObject, name: string): string {
  const value = member(entry, name);
  return typeof value === "string" ? value : "";
}
