// SPDX-License-Identifier: Apache-2.0
// The rows of a server: in its data directory, or on the PostgreSQL server that the configuration names.
import type { Clock, Log, Random, RoomSchema, Store, Timers } from "../core/index.ts";
import { DECIDE_SCHEMA } from "../decide/index.ts";
import { ENFORCE_SCHEMA } from "../enforce/index.ts";
import { IDENTIFY_SCHEMA } from "../identify/index.ts";
import { PROVE_SCHEMA } from "../prove/index.ts";
import { RECORD_SCHEMA } from "../record/index.ts";
import { WITNESS_SCHEMA } from "../record/witness/index.ts";
import { RESPOND_SCHEMA } from "../respond/index.ts";
import {
  isOnServer,
  type OpenedStore,
  openPostgres,
  openStore,
  type PlannedStep,
  parsePostgresUrl,
  planOf,
  readPostgres,
  readStore,
} from "../store/index.ts";
import { WATCH_SCHEMA } from "../watch/index.ts";
import type { Config } from "./config.ts";
import { readEnvironment } from "./env.ts";
import { ServerError } from "./errors.ts";
import { readSecret } from "./secrets.ts";
import { systemRandom, systemTimers } from "./system.ts";

/** Every table there is, in the order in which they are made. */
export const SCHEMAS: readonly RoomSchema[] = [
  ENFORCE_SCHEMA,
  IDENTIFY_SCHEMA,
  RESPOND_SCHEMA,
  WATCH_SCHEMA,
  PROVE_SCHEMA,
  DECIDE_SCHEMA,
  RECORD_SCHEMA,
  WITNESS_SCHEMA,
];

/** Exit code where another process has what this one needs (store C13). */
const EXIT_LOCKED = 75;

export interface StoreNeeds {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** Ends the process at once, with this code. */
  readonly exit: (code: number) => void;
}

export async function openServerStore(
  { dataDir, store }: Pick<Config, "dataDir" | "store">,
  ports: StoreNeeds,
): Promise<OpenedStore> {
  if (store.postgres === undefined) return openStore({ dir: dataDir, schemas: SCHEMAS }, ports);
  const { url, passwordFile, ...limits } = store.postgres;
  const named = parsePostgresUrl(url);
  const address = passwordFile === undefined ? named : { ...named, password: await readSecret(passwordFile) };
  return openPostgres(
    { dir: dataDir, address, schemas: SCHEMAS, ...limits },
    {
      ...ports,
      onLost(error) {
        ports.log.fault(error.code, { why: error.message });
        ports.exit(EXIT_LOCKED);
      },
    },
  );
}

/**
 * The rows of a data directory, to look at, whether or not a server runs; nothing where there are none.
 * @throws ServerError SERVER_CONFIG_MISSING where they are on a server that nobody names
 */
export async function readServerStore(dataDir: string): Promise<(Pick<Store, "read"> & AsyncDisposable) | undefined> {
  if (!(await isOnServer(dataDir))) return readStore(dataDir);
  const { databaseUrl } = readEnvironment();
  if (databaseUrl !== undefined) {
    return readPostgres(parsePostgresUrl(databaseUrl), { timers: systemTimers, random: systemRandom });
  }
  throw new ServerError("SERVER_CONFIG_MISSING", `reading ${dataDir}: its rows are in a database on a server`, {
    fix: "set DATABASE_URL to the one that `bailiwick up` uses",
  });
}

/** What the next start of this version would change in the tables of a data directory. */
export async function planSchema(dataDir: string): Promise<readonly PlannedStep[]> {
  await using store = await readServerStore(dataDir);
  const onServer = (await isOnServer(dataDir)) || (store === undefined && readEnvironment().databaseUrl !== undefined);
  return await planOf(store?.read, SCHEMAS, onServer ? "postgres" : "sqlite");
}
