// SPDX-License-Identifier: Apache-2.0
// The store with all its connections in the calling thread: the same code, without the time that threads take to start.
// For tests of rooms that keep rows; it passes the same contract.
import type { RoomSchema } from "../../core/index.ts";
import { fakeClock, fakeLog } from "../../core/testing/system.ts";
import type { ConnectionOptions } from "../connection.ts";
import type { StoreError } from "../errors.ts";
import { openStoreOn } from "../open.ts";
import { type Answer, type DatabaseThread, faultError, type Request } from "../protocol.ts";
import { serve } from "../serve.ts";
import type { OpenedStore } from "../transactions.ts";

/** Opens the database of a folder in this thread. */
export function inlineStore(dir: string, schemas: readonly RoomSchema[]): Promise<OpenedStore> {
  return openStoreOn(inlineThread, { dir, schemas, readers: 1 }, { clock: fakeClock(), log: fakeLog() });
}

function inlineThread(start: ConnectionOptions, onFault: (error: StoreError) => void): DatabaseThread {
  const answer: (request: Request) => Answer = serve(start);
  let last = 0;
  let closed = false;
  const thread: DatabaseThread = {
    load: 0,
    async call(work) {
      const given = closed
        ? { fault: { code: "STORE_DOWN", message: "using the store: it is closed", fix: undefined } as const }
        : structuredClone(answer({ ...work, id: (last += 1) })); // what a thread's message does to it
      if (!("fault" in given)) return given;
      const error = faultError(given.fault);
      onFault(error);
      throw error;
    },
    async close() {
      if (!closed) await thread.call({ op: "close" });
      closed = true;
    },
  };
  return thread;
}
