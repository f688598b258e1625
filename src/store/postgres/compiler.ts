// SPDX-License-Identifier: Apache-2.0
// The type map (store S2): migrations are written once, in the words `text`, `integer`, `real` and `blob`, and become here what
// holds the same values in PostgreSQL. What is not in the map is refused when it is compiled, on either engine's machine.
import { type CreateTableNode, type DataTypeNode, PostgresQueryCompiler, RawNode } from "kysely";
import { StoreError } from "../errors.ts";

/** PostgreSQL's own `integer` has 32 bits, and text sorts by the language of the database unless it is told (store S3). */
const TYPES: ReadonlyMap<string, string> = new Map([
  ["text", 'text collate "C"'],
  ["integer", "bigint"],
  ["real", "double precision"],
  ["blob", "bytea"],
  ["varchar(255)", 'text collate "C"'], // Kysely's own tables of migrations
]);
/** What stands behind a table for SQLite alone. */
const SQLITE_ONLY: ReadonlySet<string> = new Set(["strict", "strict, without rowid", "without rowid"]);

export class PostgresCompiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    const type = TYPES.get(node.dataType);
    if (type === undefined) {
      throw new StoreError("STORE_SCHEMA_MALFORMED", `compiling a table: no type ${node.dataType}`, {
        fix: `use one of ${[...TYPES.keys()].slice(0, 4).join(", ")}`,
      });
    }
    this.append(type);
  }

  protected override visitCreateTable(node: CreateTableNode): void {
    const { endModifiers = [], ...rest } = node;
    for (const modifier of endModifiers) {
      const text = RawNode.is(modifier) ? modifier.sqlFragments.join("").trim().toLowerCase() : "";
      if (!SQLITE_ONLY.has(text)) {
        throw new StoreError(
          "STORE_SCHEMA_MALFORMED",
          "compiling a table: no engine but one knows what stands behind it",
        );
      }
    }
    super.visitCreateTable(rest);
  }

  /** A parameter says what it is: PostgreSQL takes one that does not for text where nothing else tells. */
  protected override appendValue(parameter: unknown): void {
    super.appendValue(parameter);
    this.append(cast(parameter));
  }
}

function cast(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? "::int8" : "::float8";
  if (typeof value === "bigint" || typeof value === "boolean") return "::int8";
  return value instanceof Uint8Array ? "::bytea" : "";
}
