// SPDX-License-Identifier: Apache-2.0
// Rows as text, one JSON array a line: what either engine writes the other one reads, so a backup of a file restores to a
// server and the other way round.
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Kysely } from "kysely";
import type { AnyDb } from "../../core/index.ts";
import { StoreError } from "../errors.ts";

/** A file of a set, and what it has to be. */
export interface FilePart {
  /** Within the set, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

export interface TablePart extends FilePart {
  readonly table: string;
  readonly rows: number;
}

/** Rows that are read, or written, at once. */
const CHUNK = 250;
/** Values of one statement: PostgreSQL takes 65,535, SQLite 32,766. */
const VALUES_MAX = 10_000;

type AnyTables = Kysely<Record<string, Record<string, unknown>>>;
type Row = Readonly<Record<string, unknown>>;

/** Writes every row of a table as it is in this snapshot. @param file - within `set` */
export async function writeTable(db: AnyDb, table: string, set: string, file: string): Promise<TablePart> {
  const handle = await open(path.join(set, file), "wx", 0o600);
  const sum = new Summed(createHash("sha256"));
  let rows = 0;
  try {
    let columns: readonly string[] | undefined;
    const source = db.$extendTables<Record<string, Record<string, unknown>>>().selectFrom(table).selectAll();
    for await (const row of source.stream(CHUNK)) {
      if (columns === undefined) {
        columns = Object.keys(row).toSorted();
        await handle.write(sum.add(`${JSON.stringify(columns)}\n`));
      }
      await handle.write(sum.add(`${JSON.stringify(columns.map((name) => written(row[name])))}\n`));
      rows += 1;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { table, rows, path: file, bytes: sum.bytes, sha256: sum.hex() };
}

/** Puts the rows of a file into an empty table. @returns how many */
export async function readTable(db: AnyDb, table: string, file: string): Promise<number> {
  const into = db.$extendTables<Record<string, Record<string, unknown>>>();
  let columns: readonly string[] | undefined;
  let rows = 0;
  let chunk: Row[] = [];
  for await (const line of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity })) {
    const values = listOf(line, table);
    if (columns === undefined) {
      columns = values.map(String);
      continue;
    }
    chunk.push(Object.fromEntries(columns.map((name, i) => [name, given(values[i])])));
    if (chunk.length * columns.length < VALUES_MAX && chunk.length < CHUNK) continue;
    rows += await insert(into, table, chunk);
    chunk = [];
  }
  return rows + (chunk.length === 0 ? 0 : await insert(into, table, chunk));
}

async function insert(db: AnyTables, table: string, rows: readonly Row[]): Promise<number> {
  await db.insertInto(table).values(rows).execute();
  return rows.length;
}

/** Bytes are an object, which no other value is. */
function written(value: unknown): unknown {
  return value instanceof Uint8Array ? { base64: Buffer.from(value).toString("base64") } : value;
}

function given(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("base64" in value)) return value;
  return new Uint8Array(Buffer.from(String(value.base64), "base64"));
}

function listOf(line: string, table: string): readonly unknown[] {
  const list: unknown = JSON.parse(line);
  if (Array.isArray(list)) return list;
  throw new StoreError("STORE_BACKUP_DAMAGED", `reading the rows of ${table}: a line is no list`);
}

class Summed {
  bytes = 0;
  private readonly hash: Hash;
  constructor(hash: Hash) {
    this.hash = hash;
  }
  add(text: string): string {
    this.hash.update(text);
    this.bytes += Buffer.byteLength(text);
    return text;
  }
  hex(): string {
    return this.hash.digest("hex");
  }
}
