// SPDX-License-Identifier: Apache-2.0
// Which manifest of each server is in force: the one that a person approved, as it was then. A file that says something else
// changes nothing until it is approved too (enforce E14).
import {
  type Clock,
  type Digest,
  type IdentityId,
  type Instant,
  instant,
  jsonObject,
  parseServerId,
  type Recorder,
  type Reference,
  referenceOf,
  type ServerId,
  type Store,
  writeJson,
} from "../../core/index.ts";
import type { Manifest } from "./manifest.ts";
import { manifestOf } from "./manifest.ts";
import { tables } from "./schema.ts";

/** A manifest that is in force, and who said so. */
export interface ApprovedManifest {
  readonly manifest: Manifest;
  /** An identity, or `system` for what the configuration declared when the server was first seen. */
  readonly by: string;
  readonly at: Instant;
  readonly because: string;
}

/** Who approves, and why. */
export interface ManifestAct {
  readonly by: IdentityId | "system";
  readonly because: string;
  /** Digest over the pins of the server's tools that it was read against; left out where none was seen. */
  readonly pins?: Digest;
}

export interface ShelfPorts {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

interface Shelved {
  readonly v: number;
  readonly approved: ApprovedManifest | undefined;
}

/** Opens the shelf over a store that has `ENFORCE_SCHEMA`. @throws StoreError, EnforceError for a row that cannot be read */
export async function openShelf(ports: ShelfPorts): Promise<ManifestShelf> {
  const rows = await tables(ports.store.read).selectFrom("enforce_manifest").selectAll().orderBy("v").execute();
  const held = new Map<ServerId, Shelved>();
  for (const { server, v, state, stated, by, at, because } of rows) {
    const id = parseServerId(server);
    const manifest = manifestOf(id, `${server}, version ${v}`, JSON.parse(stated));
    const approved = state === "approved" ? { manifest, by, at: instant(at), because } : undefined;
    held.set(id, { v, approved });
  }
  return new ManifestShelf(ports, held);
}

export class ManifestShelf {
  private readonly ports: ShelfPorts;
  private readonly held: Map<ServerId, Shelved>;

  constructor(ports: ShelfPorts, held: Map<ServerId, Shelved>) {
    this.ports = ports;
    this.held = held;
  }

  /** The one in force; `undefined` where none is. */
  approved(server: ServerId): ApprovedManifest | undefined {
    return this.held.get(server)?.approved;
  }

  /** Whether a manifest of this server was ever seen here, approved or not. */
  isKnown(server: ServerId): boolean {
    return this.held.has(server);
  }

  /** Remembers that a draft was seen: from now on this server is not new, and its manifest needs a person. */
  async noteDraft(server: ServerId, manifest: Manifest): Promise<void> {
    if (this.held.has(server)) return;
    await this.save(server, manifest, { by: "system", because: "drafted", state: "draft" });
  }

  /** In force once it resolves, and an entry before that. @throws RecordError, StoreError */
  async approve(server: ServerId, manifest: Manifest, act: ManifestAct): Promise<Reference> {
    const before = this.approved(server)?.manifest.digest;
    const { by, because, pins } = act;
    const { id } = await this.ports.recorder.append({
      type: "admin",
      name: "manifest.approved",
      by,
      because,
      ...(before === undefined ? {} : { before }),
      after: manifest.digest,
      data: jsonObject([
        ["server", server],
        ["tools", manifest.tools.size],
        ...(pins === undefined ? [] : [["pins", pins] as const]),
      ]),
    });
    await this.save(server, manifest, { by, because, state: "approved" });
    return referenceOf(id);
  }

  /** Nothing of it is in force any more; a server of that name that comes later needs a person. */
  async withdraw(server: ServerId): Promise<void> {
    const approved = this.approved(server);
    if (approved !== undefined)
      await this.save(server, approved.manifest, { by: "system", because: "the server is gone", state: "withdrawn" });
  }

  private async save(
    server: ServerId,
    manifest: Manifest,
    { by, because, state }: { readonly by: string; readonly because: string; readonly state: string },
  ): Promise<void> {
    const at = this.ports.clock.now();
    const v = (this.held.get(server)?.v ?? 0) + 1;
    const row = { server, v, state, digest: manifest.digest, stated: writeJson(manifest.stated), by, at, because };
    await this.ports.store.tx("enforce.manifest", (db) =>
      tables(db).insertInto("enforce_manifest").values(row).execute(),
    );
    const approved = state === "approved" ? { manifest, by, at, because } : undefined;
    this.held.set(server, { v, approved });
  }
}
