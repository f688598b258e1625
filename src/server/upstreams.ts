// SPDX-License-Identifier: Apache-2.0
// The upstream servers of the configuration, ready for the gate: manifest read, folder opened, environment closed.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseServerId, quote, type ServerId } from "../core/index.ts";
import {
  type McpServerConfig,
  openFolder,
  readManifest,
  type Transport,
  type UpstreamServer,
} from "../enforce/index.ts";
import type { Config } from "./config.ts";
import { ServerError } from "./errors.ts";
import { readSecret } from "./secrets.ts";

export interface UpstreamPlace {
  readonly publicUrl: string;
  /** Working directory of the children: the folder of the configuration. */
  readonly cwd: string;
  /** `PATH` of the children; nothing else of our environment reaches them. */
  readonly path: string;
}

/** @throws ServerError, EnforceError for the first server that cannot be used */
export async function openUpstreams(config: Config, place: UpstreamPlace): Promise<readonly UpstreamServer[]> {
  const { mode, servers } = config.mcp;
  return Promise.all(Object.entries(servers).map(([id, server]) => openUpstream(id, { mode, ...server }, place)));
}

/** One server, with no tool yet: what it may do is in force once its manifest is settled. @throws ServerError, EnforceError */
export async function openUpstream(
  name: string,
  server: McpServerConfig,
  place: UpstreamPlace,
): Promise<UpstreamServer> {
  const id = parseServerId(name);
  const transport = transportOf(id, server, place);
  const { operator, jurisdiction, destination, trust, pin } = server;
  return {
    id,
    resource: `${place.publicUrl}/mcp/${id}`,
    transport,
    era: server.era,
    destination: { kind: destination, operator, jurisdiction, listed: true },
    trust,
    tools: await toolsOf(id, server),
    ...(server.urlHosts === undefined ? {} : { urlHosts: server.urlHosts }),
    ...(server.manifest === undefined ? {} : { manifest: server.manifest }),
    pin,
    ...(server.folder === undefined ? {} : { folder: await openFolder(id, server.folder) }),
  };
}

/** How a server is reached. @throws ServerError SERVER_CONFIG_INVALID */
export function transportOf(
  id: string,
  server: Pick<McpServerConfig, "command" | "url"> & Partial<McpServerConfig>,
  place: Pick<UpstreamPlace, "cwd" | "path">,
): Transport {
  const [program, ...args] = server.command ?? [];
  if (program !== undefined)
    return {
      kind: "stdio",
      command: [program, ...args],
      env: { PATH: place.path, ...server.env },
      cwd: place.cwd,
      isolate: server.isolate ?? "identity",
    };
  if (server.url === undefined) throw new ServerError("SERVER_CONFIG_INVALID", `opening server ${id}: no way to it`);
  const { auth = "none", allow = { redirects: 0, private: false } } = server;
  return {
    kind: "http",
    url: new URL(server.url),
    redirects: allow.redirects,
    isPrivate: allow.private,
    ...(auth === "none" ? {} : { authorization: async () => `Bearer ${await readSecret(auth.file)}` }),
  };
}

/** What somebody said of its tools: nothing while that is a draft, or where it begins observed and nobody said anything yet. */
async function toolsOf(id: ServerId, { mode, manifest, command }: McpServerConfig): Promise<UpstreamServer["tools"]> {
  if (manifest === undefined) return new Map();
  const text = await readFile(manifest, "utf8").catch((cause: unknown) => {
    if (mode === "observe") return undefined;
    throw new ServerError("SERVER_CONFIG_INVALID", `opening server ${id}: no manifest at ${quote(manifest)}`, {
      cause,
      fix: `npx bailiwick connect manifest draft ${id} -- ${command?.join(" ") ?? "COMMAND"} writes a first one to read`,
    });
  });
  if (text === undefined) return new Map();
  const { draft, tools } = readManifest(id, path.basename(manifest), text);
  return draft ? new Map() : tools;
}
