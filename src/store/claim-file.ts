// SPDX-License-Identifier: Apache-2.0
// Which engine a data directory has its rows in can be seen by the file that lies there. Never both.
import { stat } from "node:fs/promises";
import path from "node:path";

/** The rows themselves, in SQLite. */
export const DATABASE_FILE = "bailiwick.db";
/** Which database on a server has the rows. */
export const CLAIM_FILE = "database.json";

/** Whether the rows of a data directory are in a database on a server. */
export async function isOnServer(dir: string): Promise<boolean> {
  return stat(path.join(dir, CLAIM_FILE)).then(
    () => true,
    () => false,
  );
}
