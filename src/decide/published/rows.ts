// SPDX-License-Identifier: Apache-2.0
// Published sets and their releases as rows, parsed on the way in: a row is data from a disk.
import { z } from "zod";
import {
  ADMIN_NAMES,
  type AdminDraft,
  type EntryId,
  type Instant,
  instant,
  isJsonObject,
  parseDigest,
  parseEntryId,
  parseIdentityId,
  parseJson,
  type Store,
} from "../../core/index.ts";
import { DecideError } from "../errors.ts";
import { ALL } from "../releases/release.ts";
import { tables } from "../schema.ts";
import type { TextFile } from "../sets/folder.ts";
import type { PublishedSet } from "./published-set.ts";
import { SCOPE_PARTS } from "./scope.ts";
import { RELEASE_MODES, RELEASE_STATES, type SetRelease } from "./set-release.ts";

/** An entry that is owed to the record, under an id of its own. */
export interface Owed {
  readonly id: EntryId;
  readonly draft: AdminDraft;
}

/** Something stored, and what it still owes. */
export interface Stored<T> {
  readonly one: T;
  readonly owes?: Owed;
}

const text = z.string();
const at = z.number().transform((ms): Instant => instant(ms));
const digest = text.transform(parseDigest);
const actor = z.union([z.literal("system"), text.transform(parseIdentityId)]);
const bound = z.object({
  purpose: text,
  digest,
  answer: text,
  nonce: text,
  exp: at,
  person: text.transform(parseIdentityId),
  credential: text,
  signature: text,
  acr: z.enum(["phr", "phrh"]),
  clientDataJSON: text.exactOptional(),
  authenticatorData: text.exactOptional(),
});
const approval = z.object({
  by: text.transform(parseIdentityId),
  at,
  terms: digest,
  bound: bound.exactOptional(),
  key: text.exactOptional(),
});
const problem = z.object({
  code: text,
  file: text,
  line: z.int(),
  column: z.int(),
  text,
  fix: text.exactOptional(),
  blocking: z.boolean(),
});
const setShape = z.object({
  digest,
  sourceDigest: digest,
  name: text,
  owner: text,
  policies: z.int().min(1),
  problems: z.array(problem),
  by: actor,
  because: text,
  at,
  against: digest.nullable(),
  tightens: z.boolean(),
  approved: approval.exactOptional(),
  enforced: at.exactOptional(),
});
const share = z.number().min(0).max(1).exactOptional();
const releaseShape = z.object({
  id: text.min(1),
  digest,
  mode: z.enum(RELEASE_MODES),
  scope: z.partialRecord(z.enum(SCOPE_PARTS), text),
  percent: z.number().min(0).max(ALL),
  from: at,
  until: at.exactOptional(),
  rollbackIf: z
    .object({ denyRate: share, challengeRate: share, errorRate: share, windowMs: z.number() })
    .exactOptional(),
  state: z.enum(RELEASE_STATES),
  seq: z.int(),
  retiredBy: text.exactOptional(),
  by: actor,
  because: text,
  changed: at,
  approved: approval.exactOptional(),
  unconfirmed: z
    .object({
      by: actor,
      what: z.enum(["paused", "rolled back", "narrowed"]),
      until: at,
      told: z.literal(true).exactOptional(),
    })
    .exactOptional(),
});
const texts = z.array(z.object({ path: text, text }));

const draftShape = z.object({
  name: z.enum(ADMIN_NAMES),
  by: actor,
  because: text,
  before: digest.exactOptional(),
  after: digest.exactOptional(),
});

/** @throws DecideError DECIDE_ROW_MALFORMED */
export async function loadSets(store: Store): Promise<readonly Stored<PublishedSet>[]> {
  const rows = await tables(store.read)
    .selectFrom("decide_bundle")
    .select(["about", "entry"])
    .orderBy("digest")
    .execute();
  return rows.map(({ about, entry }) => ({ one: parsed(setShape, about, "decide_bundle"), ...owed(entry) }));
}

/** The files of one set. @throws DecideError DECIDE_ROW_MALFORMED */
export async function loadTexts(store: Store, of: PublishedSet["digest"]): Promise<readonly TextFile[]> {
  const row = await tables(store.read)
    .selectFrom("decide_bundle")
    .select("source")
    .where("digest", "=", of)
    .executeTakeFirst();
  return parsed(texts, row?.source ?? "", "decide_bundle");
}

/** @throws DecideError DECIDE_ROW_MALFORMED */
export async function loadSetReleases(store: Store): Promise<readonly Stored<SetRelease>[]> {
  const rows = await tables(store.read).selectFrom("decide_set_release").selectAll().execute();
  return rows.map(({ about, entry }) => ({
    one: parsed(releaseShape, about, "decide_set_release"),
    ...owed(entry),
  }));
}

/** What one change writes: all of it or nothing. */
export interface Change {
  readonly set?: PublishedSet;
  /** Files of a set that is new. */
  readonly texts?: readonly TextFile[];
  readonly releases?: readonly SetRelease[];
}

/** @param owes - the entry of the change, until that is durable: on the first row that is written */
export async function storeChange(
  store: Store,
  { set, texts: files, releases = [] }: Change,
  owes: Owed,
): Promise<void> {
  const entry = JSON.stringify(owes);
  await store.tx("decide.published", async (db) => {
    const own = tables(db);
    if (set !== undefined) {
      const row = { digest: set.digest, about: JSON.stringify(set), entry };
      if (files === undefined)
        await own.updateTable("decide_bundle").set(row).where("digest", "=", set.digest).execute();
      else
        await own
          .replaceInto("decide_bundle")
          .values({ ...row, source: JSON.stringify(files) })
          .execute();
    }
    for (const [index, release] of releases.entries()) {
      const owing = set === undefined && index === 0 ? entry : null;
      const row = { id: release.id, about: JSON.stringify(release), entry: owing };
      await own.replaceInto("decide_set_release").values(row).execute();
    }
  });
}

/** The entry is durable: nothing is owed any more. */
export async function settle(store: Store, { set, releases: [first] = [] }: Change): Promise<void> {
  await store.tx("decide.settled", async (db) => {
    const own = tables(db);
    if (set !== undefined)
      await own.updateTable("decide_bundle").set({ entry: null }).where("digest", "=", set.digest).execute();
    else if (first !== undefined)
      await own.updateTable("decide_set_release").set({ entry: null }).where("id", "=", first.id).execute();
  });
}

function owed(entry: string | null): { readonly owes?: Owed } {
  if (entry === null) return {};
  const { id, draft } = parsed(
    z.object({ id: text.transform(parseEntryId), draft: z.looseObject({}) }),
    entry,
    "decide",
  );
  const { data } = z.object({ data: z.json() }).parse(draft);
  const members = parseJson(JSON.stringify(data));
  if (!isJsonObject(members)) throw new DecideError("DECIDE_ROW_MALFORMED", "reading what is owed to the record");
  return { owes: { id, draft: { type: "admin", ...draftShape.parse(draft), data: members } } };
}

function parsed<T>(shape: z.ZodType<T>, json: string, table: string): T {
  try {
    return shape.parse(JSON.parse(json));
  } catch (cause) {
    throw new DecideError("DECIDE_ROW_MALFORMED", `reading a row of ${table}`, { cause });
  }
}
