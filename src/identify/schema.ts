// SPDX-License-Identifier: Apache-2.0
// The tables of this room. What names a person is one row of its own, so that it can be erased and the record still holds.
import { sql } from "kysely";
import type { AnyDb, RoomSchema } from "../core/index.ts";
import { createPeopleTables, type PeopleTables } from "./people/rows.ts";

export type IdentifyTables = PeopleTables & {
  readonly id_identity: {
    readonly tenant: string;
    readonly id: string;
    readonly kind: string;
    readonly status: string;
    readonly suspended_by: string | null;
    readonly left_active: number | null;
    readonly sponsor: string | null;
    readonly purpose: string;
    readonly environment: string;
    readonly jurisdiction: string;
    readonly expires: number;
    readonly synthetic: number;
    readonly blueprint: string | null;
    readonly blueprint_version: number | null;
    readonly v: number;
  };
  readonly id_blueprint: {
    readonly tenant: string;
    readonly id: string;
    readonly version: number;
    readonly describes: string;
  };
  readonly id_instance: {
    readonly tenant: string;
    readonly id: string;
    readonly identity: string;
    readonly status: string;
    readonly jkt: string;
    readonly jwk: string;
    readonly lease: number | null;
    readonly v: number;
  };
  readonly id_ticket: {
    readonly hash: string;
    readonly identity: string;
    readonly expires: number;
    readonly used: number | null;
  };
  readonly id_person: { readonly tenant: string; readonly id: string; readonly name: string };
  readonly id_key: { readonly kid: string; readonly purpose: string; readonly created: number };
  readonly id_mandate: {
    readonly tenant: string;
    readonly id: string;
    readonly task: string;
    readonly grantor: string;
    readonly holder: string;
    readonly grant: string;
    readonly deadline: number;
    readonly depth: number;
    readonly request: string;
    readonly opened: number;
    readonly state: string;
    readonly v: number;
  };
  readonly id_step: {
    readonly tenant: string;
    readonly id: string;
    readonly mandate: string;
    readonly path: string;
    readonly instance: string;
    readonly jkt: string;
    readonly grant: string;
    readonly expires: number;
    readonly outcome: string | null;
  };
  readonly id_feed: {
    readonly tenant: string;
    readonly seq: number;
    readonly at: number;
    readonly kind: string;
    readonly id: string;
    readonly effect: string;
    readonly order_id: string | null;
    readonly exp: number | null;
    readonly why: string;
    readonly synthetic: number;
    readonly head: string;
  };
  readonly id_outbox: { readonly id: string; readonly at: number; readonly draft: string };
};

/** The store's handle with this room's tables on it. */
export function tables(db: AnyDb): ReturnType<typeof db.$extendTables<IdentifyTables>> {
  return db.$extendTables<IdentifyTables>();
}

const STRICT = sql`strict, without rowid`;

export const IDENTIFY_SCHEMA: RoomSchema = {
  room: "id",
  // what a person is called is kept no longer than the keys are, so that no older copy of the rows names who was erased
  keys: ["id_person"],
  migrations: [
    { name: "id-0001-registry", up: registry },
    { name: "id-0002-people", up: people },
    { name: "id-0003-keys-and-outbox", up: keysAndOutbox },
    { name: "id-0004-mandates", up: mandates },
    { name: "id-0005-feed", up: feed },
    { name: "id-0006-passkeys", up: (db) => createPeopleTables(db, STRICT) },
    { name: "id-0007-enrolment", up: enrolment },
  ],
};

async function registry(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("id_identity")
    .addColumn("tenant", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("status", "text", (c) => c.notNull())
    .addColumn("suspended_by", "text")
    .addColumn("left_active", "integer")
    .addColumn("sponsor", "text")
    .addColumn("purpose", "text", (c) => c.notNull())
    .addColumn("environment", "text", (c) => c.notNull())
    .addColumn("jurisdiction", "text", (c) => c.notNull())
    .addColumn("expires", "integer", (c) => c.notNull())
    .addColumn("synthetic", "integer", (c) => c.notNull())
    .addColumn("blueprint", "text")
    .addColumn("blueprint_version", "integer")
    .addColumn("v", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("id_identity_pk", ["tenant", "id"])
    .modifyEnd(STRICT)
    .execute();
  await db.schema
    .createTable("id_blueprint")
    .addColumn("tenant", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("version", "integer", (c) => c.notNull())
    .addColumn("describes", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("id_blueprint_pk", ["tenant", "id", "version"])
    .modifyEnd(STRICT)
    .execute();
  await db.schema
    .createTable("id_instance")
    .addColumn("tenant", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("identity", "text", (c) => c.notNull())
    .addColumn("status", "text", (c) => c.notNull())
    .addColumn("jkt", "text", (c) => c.notNull().unique())
    .addColumn("jwk", "text", (c) => c.notNull())
    .addColumn("v", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("id_instance_pk", ["tenant", "id"])
    .addForeignKeyConstraint("id_instance_of", ["tenant", "identity"], "id_identity", ["tenant", "id"])
    .modifyEnd(STRICT)
    .execute();
}

async function people(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("id_person")
    .addColumn("tenant", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("id_person_pk", ["tenant", "id"])
    .modifyEnd(STRICT)
    .execute();
  await db.schema
    .createTable("id_setup")
    .addColumn("hash", "text", (c) => c.notNull().primaryKey())
    .addColumn("person", "text", (c) => c.notNull())
    .addColumn("expires", "integer", (c) => c.notNull())
    .addColumn("used", "integer")
    .modifyEnd(STRICT)
    .execute();
  await db.schema
    .createTable("id_session")
    .addColumn("hash", "text", (c) => c.notNull().primaryKey())
    .addColumn("person", "text", (c) => c.notNull())
    .addColumn("opened", "integer", (c) => c.notNull())
    .addColumn("expires", "integer", (c) => c.notNull())
    .modifyEnd(STRICT)
    .execute();
}

async function keysAndOutbox(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("id_key")
    .addColumn("kid", "text", (c) => c.notNull().primaryKey())
    .addColumn("purpose", "text", (c) => c.notNull())
    .addColumn("created", "integer", (c) => c.notNull())
    .modifyEnd(STRICT)
    .execute();
  await db.schema
    .createTable("id_outbox")
    .addColumn("id", "text", (c) => c.notNull().primaryKey())
    .addColumn("at", "integer", (c) => c.notNull())
    .addColumn("draft", "text", (c) => c.notNull())
    .modifyEnd(STRICT)
    .execute();
}

async function mandates(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("id_mandate")
    .addColumn("tenant", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("task", "text", (c) => c.notNull())
    .addColumn("grantor", "text", (c) => c.notNull())
    .addColumn("holder", "text", (c) => c.notNull())
    .addColumn("grant", "text", (c) => c.notNull())
    .addColumn("deadline", "integer", (c) => c.notNull())
    .addColumn("depth", "integer", (c) => c.notNull())
    .addColumn("request", "text", (c) => c.notNull())
    .addColumn("opened", "integer", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("v", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("id_mandate_pk", ["tenant", "id"])
    .addForeignKeyConstraint("id_mandate_holder", ["tenant", "holder"], "id_identity", ["tenant", "id"])
    .modifyEnd(STRICT)
    .execute();
  await db.schema
    .createTable("id_step")
    .addColumn("tenant", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("mandate", "text", (c) => c.notNull())
    .addColumn("path", "text", (c) => c.notNull())
    .addColumn("instance", "text", (c) => c.notNull())
    .addColumn("jkt", "text", (c) => c.notNull())
    .addColumn("grant", "text", (c) => c.notNull())
    .addColumn("expires", "integer", (c) => c.notNull())
    .addColumn("outcome", "text")
    .addPrimaryKeyConstraint("id_step_pk", ["tenant", "id"])
    .addForeignKeyConstraint("id_step_of", ["tenant", "mandate"], "id_mandate", ["tenant", "id"])
    .modifyEnd(STRICT)
    .execute();
}

async function feed(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("id_feed")
    .addColumn("tenant", "text", (c) => c.notNull())
    .addColumn("seq", "integer", (c) => c.notNull())
    .addColumn("at", "integer", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("effect", "text", (c) => c.notNull())
    .addColumn("order_id", "text")
    .addColumn("exp", "integer")
    .addColumn("why", "text", (c) => c.notNull())
    .addColumn("synthetic", "integer", (c) => c.notNull())
    .addColumn("head", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("id_feed_pk", ["tenant", "seq"])
    .modifyEnd(STRICT)
    .execute();
}

async function enrolment(db: AnyDb): Promise<void> {
  await db.schema.alterTable("id_instance").addColumn("lease", "integer").execute();
  await db.schema
    .createTable("id_ticket")
    .addColumn("hash", "text", (c) => c.notNull().primaryKey())
    .addColumn("identity", "text", (c) => c.notNull())
    .addColumn("expires", "integer", (c) => c.notNull())
    .addColumn("used", "integer")
    .modifyEnd(STRICT)
    .execute();
}
