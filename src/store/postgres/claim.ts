// SPDX-License-Identifier: Apache-2.0
// One data directory and one database belong together: keys and record lie in the one, rows in the other. `database.json`
// says so on our side, the owner of the lease on the server's; where they disagree nothing is guessed.
import { hash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { z } from "zod";
import { type Clock, formatInstant, quote, type Random } from "../../core/index.ts";
import { CLAIM_FILE, DATABASE_FILE } from "../claim-file.ts";
import { StoreError } from "../errors.ts";
import { readPrivate, writeDurable } from "../files.ts";
import { type Claimant, onOne, ownerOf } from "./hold.ts";
import type { Connections } from "./pool.ts";

const shape = z.strictObject({ owner: z.string().regex(/^[0-9a-f]{32}$/), state: z.enum(["new", "used"]) });

/** @throws StoreError STORE_FILE_FOREIGN where directory and database are not each other's */
export async function claimantOf(
  dir: string,
  pool: Connections,
  ports: { readonly clock: Clock; readonly random: Random },
): Promise<Claimant> {
  const file = path.join(dir, CLAIM_FILE);
  const known = await readClaim(file);
  const owner = await onOne(pool, ownerOf);
  if (known === undefined && (await exists(path.join(dir, DATABASE_FILE)))) {
    throw foreign(
      "this data directory has its rows in bailiwick.db",
      "take a backup, and restore it with DATABASE_URL set",
    );
  }
  if (owner === undefined && known?.state === "used") {
    throw foreign(
      "it is empty, and this data directory has used one",
      "name the database that was used, or restore a backup",
    );
  }
  if (owner !== undefined && owner !== known?.owner) {
    throw foreign("it belongs to another data directory", "name a database of its own for each data directory");
  }
  const mine = known?.owner ?? Buffer.from(ports.random.bytes(16)).toString("hex");
  if (known === undefined) await writeClaim(file, { owner: mine, state: "new" });
  const { ino, dev } = await stat(dir);
  const place = [hostname(), await realpath(dir), dev, ino, mine].join("\n");
  const told = `process ${process.pid} on ${hostname()} has held it since ${formatInstant(ports.clock.now())}`;
  return { owner: mine, holder: hash("sha256", place, "hex"), told };
}

/** From here on an empty database is a lost one. */
export async function noteUsed(dir: string, { owner }: Claimant): Promise<void> {
  await writeClaim(path.join(dir, CLAIM_FILE), { owner, state: "used" });
}

async function readClaim(file: string): Promise<z.infer<typeof shape> | undefined> {
  const bytes = await readPrivate(file);
  if (bytes === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(bytes.toString("utf8")));
  } catch (cause) {
    throw new StoreError("STORE_FILE_FOREIGN", `reading ${quote(file)}: it is not what this program wrote`, { cause });
  }
}

function writeClaim(file: string, claim: z.infer<typeof shape>): Promise<void> {
  return writeDurable(file, Buffer.from(`${JSON.stringify(claim)}\n`));
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function foreign(why: string, fix: string): StoreError {
  return new StoreError("STORE_FILE_FOREIGN", `opening the database: ${why}`, { fix });
}
