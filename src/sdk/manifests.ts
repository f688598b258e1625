// SPDX-License-Identifier: Apache-2.0
// Manifests and pins in the control API: what each says against what is in force, and a person's two acts on them.
import { list, maybe, member, type Part, text, whole } from "./parts.ts";
import { type Connection, getJson, postJson } from "./request.ts";

export interface DifferenceView {
  readonly tool: string;
  readonly what: string;
}

export interface ManifestView {
  readonly server: string;
  /** Where people edit it. */
  readonly file: string;
  /** `approved`, `draft`, `new`, `changed` or `unreadable`. */
  readonly state: string;
  /** Of what the file says now. */
  readonly digest: string | undefined;
  /** Why it cannot be read, where it cannot. */
  readonly why: string | undefined;
  /** What is in force. */
  readonly approved: { readonly digest: string; readonly by: string; readonly at: string } | undefined;
  /** From what is in force to what the file says. */
  readonly changes: readonly DifferenceView[];
  /** From what the file says to what the server says of its tools. */
  readonly strangers: readonly DifferenceView[];
}

export interface PinView {
  /** `server/tool`. */
  readonly tool: string;
  /** Digest of what was accepted; left out where nobody accepted it. */
  readonly pinned: string | undefined;
  /** Digest of what it says now. */
  readonly now: string | undefined;
  /** What is different. */
  readonly lines: readonly string[];
}

/** One digest over all that is pinned of a server. */
export interface ServerPinView {
  readonly server: string;
  /** Of what was accepted. */
  readonly pinned: string;
  /** Of what it says now. */
  readonly now: string;
  /** Tools, prompts, templates and words that are pinned. */
  readonly things: number;
}

/** Every method throws SdkError, as those of the client do. */
export interface ManifestsClient {
  list(): Promise<readonly ManifestView[]>;
  get(server: string): Promise<ManifestView>;
  /** @param digest - of what was read: another file is refused (409) @returns the reference of the entry */
  approve(server: string, digest: string, because: string): Promise<string>;
  /** Of one server, or of all. */
  pins(server?: string): Promise<readonly PinView[]>;
  /** Each of those servers as a whole. */
  servers(server?: string): Promise<readonly ServerPinView[]>;
  /** @param tool - `server/tool` @returns the reference of the entry */
  accept(tool: string, digest: string, because: string): Promise<string>;
}

export function manifestsClient(connection: Connection): ManifestsClient {
  return {
    list: async () => list(member(await getJson(connection, "/api/manifests"), "manifests"), readManifest),
    get: async (server) => readManifest(await getJson(connection, pathOf(server))),
    approve: async (server, digest, because) =>
      text(member(await postJson(connection, `${pathOf(server)}/approve`, { digest, because }), "reference")),
    pins: async (server) => list(member(await getJson(connection, pinsPath(server)), "pins"), readPin),
    servers: async (server) => list(member(await getJson(connection, pinsPath(server)), "servers"), readServerPin),
    accept: async (tool, digest, because) =>
      text(member(await postJson(connection, "/api/pins/accept", { tool, digest, because }), "reference")),
  };
}

function pathOf(server: string): string {
  return `/api/manifests/${encodeURIComponent(server)}`;
}

function pinsPath(server: string | undefined): string {
  return server === undefined ? "/api/pins" : `/api/pins?server=${encodeURIComponent(server)}`;
}

function readServerPin(pin: Part): ServerPinView {
  return {
    server: text(member(pin, "server")),
    pinned: text(member(pin, "pinned")),
    now: text(member(pin, "now")),
    things: whole(member(pin, "things")),
  };
}

function readManifest(manifest: Part): ManifestView {
  return {
    server: text(member(manifest, "server")),
    file: text(member(manifest, "file")),
    state: text(member(manifest, "state")),
    digest: maybe(member(manifest, "digest"), text),
    why: maybe(member(manifest, "why"), text),
    approved: maybe(member(manifest, "approved"), (approved) => ({
      digest: text(member(approved, "digest")),
      by: text(member(approved, "by")),
      at: text(member(approved, "at")),
    })),
    changes: list(member(manifest, "changes"), readDifference),
    strangers: list(member(manifest, "strangers"), readDifference),
  };
}

function readDifference(difference: Part): DifferenceView {
  return { tool: text(member(difference, "tool")), what: text(member(difference, "what")) };
}

function readPin(pin: Part): PinView {
  const digest = (name: string): string | undefined => {
    const part = member(pin, name);
    return part.value === null ? undefined : text(part);
  };
  return {
    tool: text(member(pin, "tool")),
    pinned: digest("pinned"),
    now: digest("now"),
    lines: list(member(pin, "lines"), text),
  };
}
