// SPDX-License-Identifier: Apache-2.0
// Findings and decoys as rows, parsed on the way in: a row is data from a disk.
import { z } from "zod";
import {
  DECOY_KINDS,
  DETECTORS,
  type DecoyId,
  type DecoyKind,
  type Digest,
  type Finding,
  type Instant,
  instant,
  isJsonObject,
  type JsonObject,
  type Mac,
  parseDecoyId,
  parseDigest,
  parseEntryId,
  parseFindingId,
  parseJson,
  type Ref,
  SCOPE_KINDS,
  SEVERITIES,
  type Store,
  writeJson,
} from "../core/index.ts";
import { WatchError } from "./errors.ts";
import { tables } from "./schema.ts";

/** A planted value: its keyed digest and where it lies. */
export interface Decoy {
  readonly id: DecoyId;
  readonly kind: DecoyKind;
  readonly mac: Mac;
  readonly place: Ref;
  readonly planted: Instant;
}

/** What a tool said of itself. */
export interface Pin {
  readonly server: string;
  readonly tool: string;
  readonly digest: Digest;
  /** Not there where it was pinned before definitions were kept. */
  readonly said: JsonObject | undefined;
}

const text = z.string();
const at = z.number().transform(instant);
const ref = z.object({ type: text, id: text });
const reason = z.object({
  code: text,
  params: z.record(text, z.union([text, z.number()])),
  text,
  entries: z.array(text.transform(parseEntryId)),
});
const finding = z.object({
  id: text.transform(parseFindingId),
  v: z.int(),
  detector: z.enum(DETECTORS),
  code: text,
  kind: z.literal("certain"),
  subject: ref,
  scopes: z.array(z.object({ kind: z.enum(SCOPE_KINDS), id: text })),
  severity: z.enum(SEVERITIES),
  status: z.enum(["open", "closed"]),
  firstAt: at,
  lastAt: at,
  detectedAt: at,
  triageBy: at,
  reasons: z.array(reason),
  times: z.int(),
  tags: z.object({ owasp: z.array(text), atlas: z.array(text) }),
  synthetic: z.boolean(),
});
function definition(said: string | null): JsonObject | undefined {
  const json = said === null ? undefined : parseJson(said);
  return isJsonObject(json) ? json : undefined;
}

const mac = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
const decoy = z.object({
  id: text.transform(parseDecoyId),
  kind: z.enum(DECOY_KINDS),
  place: ref,
  planted: at,
});

/** Newest findings that are held in memory and shown. */
export const FINDINGS_MAX = 10_000;

export class Rows {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Oldest first. @throws WatchError WATCH_ROW_MALFORMED; StoreError */
  async findings(): Promise<readonly Finding[]> {
    const rows = await tables(this.store.read)
      .selectFrom("watch_finding")
      .select("finding")
      .orderBy("last_at", "desc")
      .limit(FINDINGS_MAX)
      .execute();
    return rows.map((row) => parsed("watch_finding", () => finding.parse(JSON.parse(row.finding)))).toReversed();
  }

  /** @throws WatchError WATCH_ROW_MALFORMED; StoreError */
  async decoys(): Promise<readonly Decoy[]> {
    const rows = await tables(this.store.read).selectFrom("watch_decoy").selectAll().execute();
    return rows.map(({ place_type: type, place_id: id, ...row }) =>
      parsed("watch_decoy", () => ({ ...decoy.parse({ ...row, place: { type, id } }), mac: asMac(row.mac) })),
    );
  }

  /** @throws WatchError WATCH_ROW_MALFORMED; StoreError */
  async pins(): Promise<readonly Pin[]> {
    const rows = await tables(this.store.read).selectFrom("watch_pin").selectAll().execute();
    return rows.map((row) =>
      parsed("watch_pin", () => ({ ...row, digest: parseDigest(row.digest), said: definition(row.said) })),
    );
  }

  /** Durable when it resolves. @throws StoreError */
  async pin({ server, tool, digest, said: definitionOf }: Pin): Promise<void> {
    const said = definitionOf === undefined ? null : writeJson(definitionOf);
    await this.store.tx("watch.pinned", (db) =>
      tables(db)
        .insertInto("watch_pin")
        .values({ server, tool, digest, said })
        .onConflict((c) => c.columns(["server", "tool"]).doUpdateSet({ digest, said }))
        .execute(),
    );
  }

  /** Entries of the record that were looked at. */
  async size(): Promise<number | undefined> {
    const row = await tables(this.store.read).selectFrom("watch_checkpoint").select("size").executeTakeFirst();
    return row?.size;
  }

  /** Durable when it resolves. @throws StoreError */
  async save(changed: readonly Finding[], size: number): Promise<void> {
    await this.store.tx("watch.save", async (db) => {
      for (const one of changed) {
        const row = { v: one.v, status: one.status, last_at: one.lastAt, finding: JSON.stringify(one) };
        await tables(db)
          .insertInto("watch_finding")
          .values({ id: one.id, ...row })
          .onConflict((c) => c.column("id").doUpdateSet(row))
          .execute();
      }
      await tables(db)
        .insertInto("watch_checkpoint")
        .values({ one: 1, size })
        .onConflict((c) => c.column("one").doUpdateSet({ size }))
        .execute();
    });
  }

  /** Durable when it resolves. @throws StoreError */
  async plant({ id, kind, mac: digest, place, planted }: Decoy): Promise<void> {
    const row = { id, kind, mac: digest, place_type: place.type, place_id: place.id, planted };
    await this.store.tx("watch.planted", (db) => tables(db).insertInto("watch_decoy").values(row).execute());
  }
}

function asMac(value: string): Mac {
  return mac.parse(value) as Mac; // oxlint-disable-line typescript/no-unsafe-type-assertion -- checked one call before
}

function parsed<T>(table: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new WatchError("WATCH_ROW_MALFORMED", `reading a row of ${table}`, { cause });
  }
}
