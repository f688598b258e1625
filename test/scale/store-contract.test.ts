// SPDX-License-Identifier: Apache-2.0
// The store's contract on PostgreSQL: what SQLite passes, case by case.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Opened, storeContract } from "../../src/store/testing/contract.ts";
import { CONTRACT_SCHEMA } from "../../src/store/testing/contract-schema.ts";
import { openTestPostgres, testDatabase } from "../../src/store/testing/postgres.ts";
import { onPostgres } from "../support/postgres.ts";

onPostgres("PostgreSQL", (server) => {
  storeContract("PostgreSQL", async () => {
    const database = await testDatabase(server);
    const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-store-"));
    const openAgain = async (): Promise<Opened> => {
      const store = await openTestPostgres(dir, database.url, [CONTRACT_SCHEMA]);
      return {
        store,
        async reopen() {
          await store.close();
          return openAgain();
        },
        async end() {
          await store.close();
          await database[Symbol.asyncDispose]();
          await rm(dir, { recursive: true });
        },
      };
    };
    return openAgain();
  });
});
