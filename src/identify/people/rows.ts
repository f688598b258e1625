// SPDX-License-Identifier: Apache-2.0
// The tables of people who sign in: one-use links, passkeys, roles and sessions. Nothing in them opens anything: links and
// cookies lie hashed, and of a passkey only the public half was ever sent.
import type { AnyDb } from "../../core/index.ts";

export type PeopleTables = {
  readonly id_link: {
    readonly hash: string;
    readonly kind: string;
    readonly person: string | null;
    /** Words with a space between. */
    readonly roles: string;
    /** 1 where it is good only until somebody is owner. */
    readonly first: number;
    readonly made_by: string;
    readonly made: number;
    readonly expires: number;
    readonly used: number | null;
  };
  readonly id_passkey: {
    readonly credential: string;
    readonly person: string;
    /** COSE_Key, base64url (RFC 9052). */
    readonly cose: string;
    /** The same key as SubjectPublicKeyInfo, base64url. */
    readonly spki: string;
    readonly counter: number;
    readonly transports: string;
    readonly synced: number;
    readonly created: number;
    readonly used: number | null;
  };
  readonly id_role: { readonly tenant: string; readonly person: string; readonly role: string };
  readonly id_session: {
    readonly hash: string;
    readonly id: string;
    readonly person: string;
    /** Passkey that opened it; absent for a link of the demo. */
    readonly credential: string | null;
    readonly opened: number;
    readonly seen: number;
    readonly verified: number | null;
    readonly expires: number;
    /** Digest of the browser's name of itself. */
    readonly agent: string;
    /** What a person recognises it by. */
    readonly label: string;
  };
};

/** @param strict - ends every table of this room */
export async function createPeopleTables(db: AnyDb, strict: Parameters<ModifyEnd>[0]): Promise<void> {
  await db.schema.dropTable("id_setup").execute();
  await db.schema.dropTable("id_session").execute();
  await db.schema
    .createTable("id_link")
    .addColumn("hash", "text", (c) => c.notNull().primaryKey())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("person", "text")
    .addColumn("roles", "text", (c) => c.notNull())
    .addColumn("first", "integer", (c) => c.notNull())
    .addColumn("made_by", "text", (c) => c.notNull())
    .addColumn("made", "integer", (c) => c.notNull())
    .addColumn("expires", "integer", (c) => c.notNull())
    .addColumn("used", "integer")
    .modifyEnd(strict)
    .execute();
  await db.schema
    .createTable("id_passkey")
    .addColumn("credential", "text", (c) => c.notNull().primaryKey())
    .addColumn("person", "text", (c) => c.notNull())
    .addColumn("cose", "text", (c) => c.notNull())
    .addColumn("spki", "text", (c) => c.notNull())
    .addColumn("counter", "integer", (c) => c.notNull())
    .addColumn("transports", "text", (c) => c.notNull())
    .addColumn("synced", "integer", (c) => c.notNull())
    .addColumn("created", "integer", (c) => c.notNull())
    .addColumn("used", "integer")
    .modifyEnd(strict)
    .execute();
  await db.schema
    .createTable("id_role")
    .addColumn("tenant", "text", (c) => c.notNull())
    .addColumn("person", "text", (c) => c.notNull())
    .addColumn("role", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("id_role_pk", ["tenant", "person", "role"])
    .modifyEnd(strict)
    .execute();
  await createSessions(db, strict);
}

async function createSessions(db: AnyDb, strict: Parameters<ModifyEnd>[0]): Promise<void> {
  await db.schema
    .createTable("id_session")
    .addColumn("hash", "text", (c) => c.notNull().primaryKey())
    .addColumn("id", "text", (c) => c.notNull().unique())
    .addColumn("person", "text", (c) => c.notNull())
    .addColumn("credential", "text")
    .addColumn("opened", "integer", (c) => c.notNull())
    .addColumn("seen", "integer", (c) => c.notNull())
    .addColumn("verified", "integer")
    .addColumn("expires", "integer", (c) => c.notNull())
    .addColumn("agent", "text", (c) => c.notNull())
    .addColumn("label", "text", (c) => c.notNull())
    .modifyEnd(strict)
    .execute();
}

type ModifyEnd = ReturnType<AnyDb["schema"]["createTable"]>["modifyEnd"];
