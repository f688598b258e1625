// SPDX-License-Identifier: Apache-2.0
// How long the server lets one of our statements run, wait or fall silent. Said in each transaction, not once in a session:
// behind a pooler the next statement may be in another one (store S10).

export interface LimitOptions {
  /** UNIT: ms. Longest run of a statement. */
  readonly statementMs?: number;
  /** UNIT: ms. Longest wait of a statement for somebody else's. */
  readonly lockMs?: number;
  /** UNIT: ms. Longest silence within a transaction that is open. */
  readonly idleTxMs?: number;
}

export interface Limits {
  /** Statements that a transaction begins with. */
  readonly writer: string;
  /** The same for a migration, which may take its time. */
  readonly none: string;
  /** Said once on a connection that reads; it changes nothing, also where somebody tries. */
  readonly reader: string;
  /** UNIT: ms. After this the server is taken for gone. */
  readonly silentMs: number;
}

/** UNIT: ms. The server's own limit comes first. */
const GRACE_MS = 2000;

export function limitsOf({ statementMs = 5000, lockMs = 2000, idleTxMs = 5000 }: LimitOptions): Limits {
  return {
    writer: `set local statement_timeout = ${statementMs}; set local lock_timeout = ${lockMs};
       set local idle_in_transaction_session_timeout = ${idleTxMs};`,
    none: "set local statement_timeout = 0;",
    reader: `set session characteristics as transaction read only; set statement_timeout = ${statementMs}`,
    silentMs: statementMs + lockMs + GRACE_MS,
  };
}
