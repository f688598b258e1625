// SPDX-License-Identifier: Apache-2.0
// Answers requests on one connection, in the order they came. Nothing here knows which thread it runs on.
import { type Connection, type ConnectionOptions, openConnection, type Row } from "./connection.ts";
import { codeOf, StoreError } from "./errors.ts";
import type { Answer, Fault, Good, Request } from "./protocol.ts";

type Part = Pick<Good, "rows" | "changes" | "done">;

const NOTHING: Part = { rows: [], changes: 0 };

/** The connection is opened by the first request, so that a fault of opening is an answer too. */
export function serve(start: ConnectionOptions): (request: Request) => Answer {
  const cursors = new Map<number, Iterator<Row>>();
  let connection: Connection | undefined;

  const perform = (request: Request): Part => {
    if (request.op === "close") {
      connection?.close();
      return NOTHING;
    }
    connection ??= openConnection(start);
    switch (request.op) {
      case "query":
        return connection.query(request.sql, request.values);
      case "rollback":
        connection.rollback();
        return NOTHING;
      case "stream":
        cursors.set(request.id, connection.iterate(request.sql, request.values));
        return NOTHING;
      case "next":
        return next(cursors, request.cursor, request.count);
      case "drop":
        cursors.get(request.cursor)?.return?.();
        cursors.delete(request.cursor);
        return NOTHING;
      default:
        return request satisfies never;
    }
  };
  return (request) => {
    try {
      return { id: request.id, ...perform(request) };
    } catch (error) {
      return { id: request.id, fault: faultOf(error) };
    }
  };
}

function next(cursors: Map<number, Iterator<Row>>, cursor: number, count: number): Part {
  const from = cursors.get(cursor);
  const rows: Row[] = [];
  for (let step = from?.next(); step !== undefined && step.done !== true; step = from?.next()) {
    rows.push(step.value);
    if (rows.length === count) return { rows, changes: 0, done: false };
  }
  cursors.delete(cursor);
  return { rows, changes: 0, done: true };
}

function faultOf(error: unknown): Fault {
  if (error instanceof StoreError) return { code: error.code, message: error.message, fix: error.fix };
  const message = error instanceof Error ? error.message : String(error);
  return { code: codeOf(error), message: `using the database: ${message}`, fix: undefined };
}
