// SPDX-License-Identifier: Apache-2.0
// What the next start would change in the schema, without changing it (store S11).
import type { AnyDb, RoomSchema } from "../core/index.ts";
import { checkNames, type Digests, heard } from "./migrate.ts";
import { PostgresCompiler } from "./postgres/compiler.ts";

/** A step that has not run yet, and what it will say. */
export interface PlannedStep {
  readonly name: string;
  readonly sql: readonly string[];
}

/**
 * The steps that are still to run, in the words of an engine. While one runs the tables that it names are locked, and on SQLite
 * all of them.
 * @param read - nothing for a database that is not there yet
 */
export async function planOf(
  read: AnyDb | undefined,
  schemas: readonly RoomSchema[],
  engine: "sqlite" | "postgres",
): Promise<readonly PlannedStep[]> {
  const ran = new Set<string>();
  if (read !== undefined) {
    const rows = await read.$extendTables<Digests>().selectFrom("sys_migration_digest").select("name").execute();
    for (const { name } of rows) ran.add(name);
  }
  const plan: PlannedStep[] = [];
  for (const step of checkNames(schemas)) {
    if (ran.has(step.name)) continue;
    const said = await heard(step);
    const sql = said.map((one) =>
      engine === "sqlite" ? one.sql : new PostgresCompiler().compileQuery(one.query, one.queryId).sql,
    );
    plan.push({ name: step.name, sql });
  }
  return plan;
}
