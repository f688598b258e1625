// SPDX-License-Identifier: Apache-2.0
// Releases as rows, parsed on the way in: a row is data from a disk.
import { z } from "zod";
import { type EntryId, instant, parseEntryId, parseIdentityId, parseServerId, type Store } from "../../core/index.ts";
import { DecideError } from "../errors.ts";
import { tables } from "../schema.ts";
import { ALL, type ServerRelease } from "./release.ts";

/** A release, and the entry that it still owes the record. */
export interface StoredRelease {
  readonly release: ServerRelease;
  readonly owes?: EntryId;
}

const text = z.string();
const at = z.number().transform(instant);
const row = z.object({
  server: text.transform(parseServerId),
  release: text.min(1),
  enforced: z.int().min(0).max(ALL),
  since: at,
  until: at.nullable(),
  ended: z.int().transform((one) => one === 1),
  by: z.union([z.literal("system"), text.transform(parseIdentityId)]),
  because: text,
  changed: at,
  entry: text.transform(parseEntryId).nullable(),
});

/** @throws DecideError DECIDE_ROW_MALFORMED */
export async function loadReleases(store: Store): Promise<readonly StoredRelease[]> {
  const rows = await tables(store.read).selectFrom("decide_release").selectAll().orderBy("server").execute();
  return rows.map((found) => {
    const read = row.safeParse(found);
    if (!read.success)
      throw new DecideError("DECIDE_ROW_MALFORMED", "reading a row of decide_release", { cause: read.error });
    const { until, entry, ...rest } = read.data;
    return {
      release: { ...rest, ...(until === null ? {} : { until }) },
      ...(entry === null ? {} : { owes: entry }),
    };
  });
}

export async function storeRelease(store: Store, release: ServerRelease, owes: EntryId | null): Promise<void> {
  const { until, ended, ...rest } = release;
  const values = { ...rest, until: until ?? null, ended: ended ? 1 : 0, entry: owes };
  await store.tx("decide.release", async (db) => {
    const own = tables(db);
    await own.deleteFrom("decide_release").where("server", "=", release.server).execute();
    await own.insertInto("decide_release").values(values).execute();
  });
}
