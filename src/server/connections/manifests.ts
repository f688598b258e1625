// SPDX-License-Identifier: Apache-2.0
// Which manifest of each server is in force. The files are what people edit; what binds is what somebody approved, and what a
// file says otherwise binds nobody until it is approved too.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Digest, digestOf, type JsonObject, quote, type Reference, type ToolPins } from "../../core/index.ts";
import {
  changesOf,
  type Manifest,
  type ManifestAct,
  type ManifestDifference,
  type ManifestShelf,
  openShelf,
  readManifest,
  strangersOf,
  type UpstreamServer,
} from "../../enforce/index.ts";
import { ServerError } from "../errors.ts";
import type { ServerRegister } from "./register.ts";

export interface ManifestPorts {
  readonly register: ServerRegister;
  readonly shelf: ManifestShelf;
  readonly pins: ToolPins;
}

/** `draft`: it says so itself. `changed`: another one was approved, and that one is in force. */
export type ManifestState = "approved" | "draft" | "new" | "changed" | "unreadable";

export interface ManifestView {
  readonly server: string;
  /** Where people edit it. */
  readonly file: string;
  readonly state: ManifestState;
  /** Of what the file says now; left out where it cannot be read, and then `why` says so. */
  readonly digest?: Digest;
  readonly why?: string;
  readonly approved?: { readonly digest: Digest; readonly by: string; readonly at: number };
  /** From what is in force to what the file says. */
  readonly changes: readonly ManifestDifference[];
  /** From what the file says to what the server says of its tools. */
  readonly strangers: readonly ManifestDifference[];
}

/** Why a manifest of the configuration is in force when its server is seen for the first time. */
const DECLARED = { by: "system", because: "declared in the configuration when this server was first seen" } as const;

export class Manifests {
  private readonly ports: ManifestPorts;

  constructor(ports: ManifestPorts) {
    this.ports = ports;
  }

  /** @see settle */
  settle(server: UpstreamServer): Promise<void> {
    return settle(this.ports, server);
  }

  /** Nothing of a server that is gone stays approved. */
  async withdraw(server: UpstreamServer): Promise<void> {
    await this.ports.shelf.withdraw(server.id);
  }

  async list(): Promise<readonly ManifestView[]> {
    return Promise.all([...this.ports.register.servers.values()].map((server) => this.view(server)));
  }

  /** @throws ServerError SERVER_CONNECT_UNKNOWN */
  async one(id: string): Promise<ManifestView> {
    return this.view(this.known(id));
  }

  /**
   * Puts the file in force as it is now.
   * @param digest - of what was read: another file is refused
   * @throws ServerError SERVER_MANIFEST_REFUSED; RecordError, StoreError
   */
  async approve(id: string, digest: string, act: Omit<ManifestAct, "pins">): Promise<Reference> {
    const server = this.known(id);
    const read = await readFileOf(server);
    if (!("manifest" in read)) throw refused(id, read.why);
    const { manifest } = read;
    if (manifest.digest !== digest) throw refused(id, "its file says something else than what was read");
    if (manifest.draft)
      throw refused(
        id,
        "it still says draft: true",
        `read ${server.manifest ?? "it"}, mend it, and delete the line draft: true`,
      );
    const pins = this.pinsOf(server);
    const against = pins.size === 0 ? {} : { pins: digestOf([...pins.values()].map((said) => digestOf(said))) };
    const reference = await this.ports.shelf.approve(server.id, manifest, { ...act, ...against });
    this.ports.register.put({ ...this.known(id), tools: manifest.tools });
    return reference;
  }

  private async view(server: UpstreamServer): Promise<ManifestView> {
    const read = await readFileOf(server);
    const approved = this.ports.shelf.approved(server.id);
    const base = {
      server: server.id,
      file: server.manifest ?? "",
      ...(approved === undefined
        ? {}
        : { approved: { digest: approved.manifest.digest, by: approved.by, at: approved.at } }),
    };
    if (!("manifest" in read)) return { ...base, state: "unreadable", why: read.why, changes: [], strangers: [] };
    const { manifest } = read;
    const pins = this.pinsOf(server);
    return {
      ...base,
      state: stateOf(manifest, approved?.manifest),
      digest: manifest.digest,
      changes: changesOf(approved?.manifest.tools ?? new Map(), manifest.tools),
      strangers: pins.size === 0 ? [] : strangersOf(manifest.tools, pins),
    };
  }

  /** What the server says of its tools, as it was seen last. */
  private pinsOf(server: UpstreamServer): ReadonlyMap<string, JsonObject> {
    return new Map(
      this.ports.pins.list(server.id).flatMap(({ tool, pinned, now }) => {
        const said = now?.said ?? pinned.said;
        return said === undefined ? [] : [[tool, said] as const];
      }),
    );
  }

  private known(id: string): UpstreamServer {
    const server = this.ports.register.servers.get(id);
    if (server !== undefined) return server;
    throw new ServerError("SERVER_CONNECT_UNKNOWN", `there is no server ${id}`, {
      fix: "see what there is: npx bailiwick connect list",
    });
  }
}

/** Opens the shelf, and puts in force what was approved for every server. @throws StoreError, EnforceError, RecordError */
export async function openManifests(
  register: ServerRegister,
  ports: Parameters<typeof openShelf>[0],
): Promise<ManifestShelf> {
  const shelf = await openShelf(ports);
  for (const server of register.servers.values()) await settle({ register, shelf }, server);
  return shelf;
}

/** Puts in force what was approved. A manifest without `draft: true` of a server that was never seen is taken at its word. */
async function settle(
  { register, shelf }: Pick<ManifestPorts, "register" | "shelf">,
  server: UpstreamServer,
): Promise<void> {
  const read = await readFileOf(server);
  if ("manifest" in read && !shelf.isKnown(server.id)) {
    if (read.manifest.draft) await shelf.noteDraft(server.id, read.manifest);
    else await shelf.approve(server.id, read.manifest, DECLARED);
  }
  const tools = shelf.approved(server.id)?.manifest.tools ?? new Map();
  register.put({ ...server, tools });
}

async function readFileOf({
  manifest: file = "",
  id,
}: UpstreamServer): Promise<{ readonly manifest: Manifest } | { readonly why: string }> {
  try {
    return { manifest: readManifest(id, path.basename(file), await readFile(file, "utf8")) };
  } catch (cause) {
    return { why: cause instanceof Error ? cause.message : `reading ${quote(file)}` };
  }
}

function stateOf(file: Manifest, approved: Manifest | undefined): ManifestState {
  if (file.draft) return "draft";
  if (approved === undefined) return "new";
  return file.digest === approved.digest ? "approved" : "changed";
}

function refused(
  id: string,
  why: string,
  fix = `read it again: npx bailiwick connect manifest diff ${id}`,
): ServerError {
  return new ServerError("SERVER_MANIFEST_REFUSED", `approving the manifest of ${id}: ${why}`, { fix });
}
