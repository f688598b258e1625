// SPDX-License-Identifier: Apache-2.0
// One connection to PostgreSQL: a statement at a time, in the order they were asked for.

import type { CompiledQuery, DatabaseConnection, QueryResult } from "kysely";
import type { QueryResult as PgResult, PoolClient } from "pg";
import type { Row } from "../connection.ts";
import { bind, failedBefore, typed } from "../dialect.ts";
import { StoreError } from "../errors.ts";
import { faultOf } from "./errors.ts";

/** Statements that give no count of rows that were changed. */
const QUERIES: ReadonlySet<string> = new Set(["SELECT", "FETCH", "SHOW"]);

/** What a statement gave. */
export type Answer = Pick<PgResult<Row>, "rows" | "rowCount" | "command">;

export interface ConnectionRules {
  /** Whether it may be used now. */
  readonly usable: (connection: PgConnection) => boolean;
  /** Whether each statement stands for itself. */
  readonly alone: boolean;
}

const ALONE: ConnectionRules = { usable: () => true, alone: true };

export class PgConnection implements DatabaseConnection {
  /** The first fault of the transaction that is open: nothing of it is kept (equal on both engines). */
  failed: StoreError | undefined;
  private readonly client: PoolClient;
  private readonly rules: ConnectionRules;
  private tail: Promise<unknown> = Promise.resolve();
  private cursors = 0;
  private isBroken = false;
  private readonly onBroken = (): void => {
    this.isBroken = true;
  };

  constructor(client: PoolClient, rules: ConnectionRules = ALONE) {
    this.client = client;
    this.rules = rules;
    // a connection that breaks while nobody asks it something would otherwise end the process
    client.on("error", this.onBroken);
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.check();
    const { rows, rowCount, command } = await this.send(query.sql, bind(query.parameters));
    return { rows: typed<R>(rows), numAffectedRows: BigInt(QUERIES.has(command) ? 0 : (rowCount ?? 0)) };
  }

  async *streamQuery<R>(query: CompiledQuery, count: number): AsyncIterableIterator<QueryResult<R>> {
    this.check();
    const cursor = `bailiwick_${(this.cursors += 1)}`;
    if (this.rules.alone) await this.send("begin isolation level repeatable read read only");
    try {
      await this.send(`declare ${cursor} no scroll cursor for ${query.sql}`, bind(query.parameters));
      for (;;) {
        const { rows } = await this.send(`fetch forward ${count} from ${cursor}`);
        if (rows.length > 0) yield { rows: typed<R>(rows) };
        if (rows.length < count) break;
      }
    } finally {
      if (this.rules.alone) await this.send("rollback");
      else if (this.failed === undefined) await this.send(`close ${cursor}`);
    }
  }

  /** Runs a text, also where the transaction is over; of several statements the last one's answer. @throws StoreError */
  async send(text: string, values?: readonly unknown[]): Promise<Answer> {
    const turn = this.tail.then(async () => {
      if (this.isBroken) throw new StoreError("STORE_DOWN", "using the database: the connection is gone");
      return lastOf(await this.client.query<Row>(values === undefined ? { text } : { text, values: [...values] }));
    });
    this.tail = turn.catch(() => undefined); // the caller gets the fault; the next statement has its turn
    try {
      return await turn;
    } catch (cause) {
      const fault = faultOf(cause);
      this.failed ??= fault;
      if (fault.code === "STORE_DOWN") this.isBroken = true;
      throw fault;
    }
  }

  /** Gives it back, or ends it where nothing good can come of it any more. */
  release(): void {
    this.client.off("error", this.onBroken);
    this.client.release(this.isBroken);
  }

  private check(): void {
    if (!this.rules.usable(this)) {
      throw new StoreError("STORE_TX_OVER", "querying after the transaction ended: await every call");
    }
    if (this.failed !== undefined && !this.rules.alone) throw failedBefore(this.failed);
  }
}

/** Several statements in one message are answered by a list. */
function lastOf(answer: PgResult<Row> | readonly PgResult<Row>[]): Answer {
  const last = "rows" in answer ? answer : answer.at(-1);
  return last ?? { rows: [], rowCount: 0, command: "" };
}
