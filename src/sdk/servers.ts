// SPDX-License-Identifier: Apache-2.0
// Upstream servers in the control API: which there are, and how one is added, asked and taken away.
import { flag, list, member, type Part, text, whole } from "./parts.ts";
import { type Connection, deleteJson, getJson, postJson } from "./request.ts";

/** UNIT: ms. A program that is fetched first needs its time, and then it is asked for its tools. */
const PROBE_MS = 180_000;

/** A server to put behind the gate. */
export interface ServerWish {
  readonly id: string;
  /** Program and arguments. */
  readonly command?: readonly string[];
  /** Its MCP endpoint, in place of a command. */
  readonly url?: string;
  /** The URL may lead to the server's host or a private network. */
  readonly isPrivate?: boolean;
  /** Folder that relative paths of the command are meant from. */
  readonly cwd: string;
  readonly operator?: string;
  readonly jurisdiction?: string;
  readonly destination?: string;
  readonly folder?: string;
}

export interface ServerView {
  readonly id: string;
  readonly url: string;
  readonly operator: string;
  readonly jurisdiction: string;
  /** Tools that can be used. */
  readonly tools: number;
  /** The program that is started, or the host that is called. */
  readonly reached: string;
}

export interface AddedView {
  readonly id: string;
  readonly url: string;
  readonly tools: number;
  readonly view: number;
  readonly execute: number;
  /** Tools whose names no manifest can hold. */
  readonly unnamed: readonly string[];
  /** Its manifest, relative to the folder of the configuration. */
  readonly manifest: string;
  /** True where the manifest was there before, and was left alone. */
  readonly kept: boolean;
  readonly reference: string;
}

export interface ProbeView {
  readonly id: string;
  readonly tools: readonly string[];
  /** Tools that are not what was accepted. */
  readonly changed: readonly string[];
}

/** Every method throws SdkError, as those of the client do. */
export interface ServersClient {
  list(): Promise<readonly ServerView[]>;
  /** Starts the program on the server's host: only the token of its command line may. */
  add(wish: ServerWish): Promise<AddedView>;
  /** What it lists now. */
  probe(id: string): Promise<ProbeView>;
  /** @returns the reference of the entry */
  remove(id: string, because: string): Promise<string>;
}

export function serversClient(connection: Connection): ServersClient {
  return {
    list: async () => list(member(await getJson(connection, "/api/servers"), "servers"), readServer),
    add: async (wish) => readAdded(await postJson(connection, "/api/servers", wish, { ms: PROBE_MS })),
    probe: async (id) => readProbe(await postJson(connection, `${pathOf(id)}/probe`, {}, { ms: PROBE_MS })),
    remove: async (id, because) => text(member(await deleteJson(connection, pathOf(id), { because }), "reference")),
  };
}

function pathOf(id: string): string {
  return `/api/servers/${encodeURIComponent(id)}`;
}

function readServer(server: Part): ServerView {
  return {
    id: text(member(server, "id")),
    url: text(member(server, "url")),
    operator: text(member(server, "operator")),
    jurisdiction: text(member(server, "jurisdiction")),
    tools: whole(member(server, "tools")),
    reached: text(member(server, "reached")),
  };
}

function readAdded(added: Part): AddedView {
  return {
    id: text(member(added, "id")),
    url: text(member(added, "url")),
    tools: whole(member(added, "tools")),
    view: whole(member(added, "view")),
    execute: whole(member(added, "execute")),
    unnamed: list(member(added, "unnamed"), text),
    manifest: text(member(added, "manifest")),
    kept: flag(member(added, "kept")),
    reference: text(member(added, "reference")),
  };
}

function readProbe(probe: Part): ProbeView {
  return {
    id: text(member(probe, "id")),
    tools: list(member(probe, "tools"), text),
    changed: list(member(probe, "changed"), text),
  };
}
