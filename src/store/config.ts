// SPDX-License-Identifier: Apache-2.0
// Section `store`: where the rows are. Without it they are in one SQLite file of the data directory.
import { z } from "zod";

export interface StoreSettings {
  readonly postgres?: PostgresSettings | undefined;
}

export interface PostgresSettings {
  readonly url: string;
  readonly passwordFile?: string | undefined;
  readonly readers: number;
  readonly statementMs: number;
  readonly lockMs: number;
  readonly idleTxMs: number;
}

const ms = z.number().int().min(100).max(600_000);

const postgres: z.ZodType<PostgresSettings> = z.strictObject({
  url: z
    .string()
    .min(1)
    .describe(
      "postgresql://USER@HOST/DATABASE; TLS with the server's name and chain, but on this machine. DATABASE_URL stands over it",
    ),
  passwordFile: z.string().min(1).optional().describe("file with the user's password, readable by its owner only"),
  readers: z.number().int().min(1).max(100).default(8).describe("connections for queries that change nothing"),
  statementMs: ms.default(5000).meta({ unit: "ms" }).describe("longest run of a statement, in ms"),
  lockMs: ms.default(2000).meta({ unit: "ms" }).describe("longest wait of a statement for another, in ms"),
  idleTxMs: ms.default(5000).meta({ unit: "ms" }).describe("longest silence within a transaction, in ms"),
});

/** The section `store:` of the configuration. */
export const storeSection: z.ZodType<StoreSettings> = z
  .strictObject({ postgres: postgres.optional().describe("rows on a PostgreSQL server, instead of a file") })
  .prefault({});
