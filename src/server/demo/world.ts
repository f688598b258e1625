// SPDX-License-Identifier: Apache-2.0
// The demo's world: a copy of the example office in a folder of its own, with a key for the one agent in it. A folder that
// is kept is opened again as it was left: nothing in it is overwritten.
import { access, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { isJsonObject, parseJson } from "../../core/index.ts";
import { type Config, readConfig } from "../config.ts";
import { ServerError } from "../errors.ts";

export const UPSTREAM = "@modelcontextprotocol/server-filesystem";
/** The version that `examples/office/bailiwick.yaml` names. */
export const UPSTREAM_VERSION = "2026.8.31";
/** The running copy of the agent, as `examples/office/bailiwick.yaml` names it. */
const INSTANCE = "desk-1";

export interface DemoWorld {
  readonly config: Config;
  /** Folder of the configuration. */
  readonly office: string;
  /** Folders that the upstreams serve. */
  readonly files: string;
  readonly outbox: string;
  readonly agent: { readonly clientId: string; readonly privateJwk: JWK };
  /** True where the upstream comes from the registry at its first start, not from the clone. */
  readonly fetched: boolean;
}

interface Asked {
  readonly port?: number | undefined;
  readonly databaseUrl?: string | undefined;
}

/** @param root - the package: where `examples/` and `policies/` are. */
export async function prepareWorld(root: string, dir: string, { port, databaseUrl }: Asked = {}): Promise<DemoWorld> {
  const office = path.join(dir, "office");
  await mkdir(path.join(office, "keys"), { recursive: true, mode: 0o700 });
  await cp(path.join(root, "examples", "office"), office, { recursive: true, force: false });
  await cp(path.join(root, "policies", "demo"), path.join(dir, "policies", "demo"), { recursive: true, force: false });
  const privateJwk = await agentKey(path.join(office, "keys"));
  const read = await readConfig({
    file: path.join(office, "bailiwick.yaml"),
    settings: new Map(),
    databaseUrl,
    flags: { ...(port === undefined ? {} : { port }), dataDir: path.join(dir, "data") },
  });
  const config = {
    ...read,
    policies: { dir: path.join(dir, "policies", "demo"), watch: true, fourEyes: false },
    prove: { ...read.prove, regimes: { ...read.prove.regimes, dir: path.join(root, "regulations") } },
  };
  const installed = path.join(root, "node_modules", UPSTREAM, "dist", "index.js");
  const isInstalled = await access(installed).then(
    () => true,
    () => false,
  );
  return {
    config: isInstalled ? withInstalled(config, installed) : config,
    office,
    files: path.join(office, "files"),
    outbox: path.join(office, "outbox"),
    agent: { clientId: `spiffe://${config.trustDomain}/agent/invoice-helper/${INSTANCE}`, privateJwk },
    fetched: !isInstalled,
  };
}

/** The agent's key: made once for each folder, and readable by its owner only. */
async function agentKey(keys: string): Promise<JWK> {
  const secret = path.join(keys, `${INSTANCE}.jwk.json`);
  const kept = await readFile(secret).catch(() => undefined);
  if (kept !== undefined) return readJwk(kept);
  const pair = await generateKeyPair("ES256", { extractable: true });
  const jwk = await exportJWK(pair.privateKey);
  await writeFile(secret, JSON.stringify(jwk), { mode: 0o600 });
  await writeFile(path.join(keys, `${INSTANCE}.public.jwk.json`), JSON.stringify(await exportJWK(pair.publicKey)));
  return jwk;
}

function readJwk(text: Uint8Array): JWK {
  const json = parseJson(text);
  if (!isJsonObject(json)) throw new ServerError("SERVER_DEMO_FAILED", "reading the agent's key: not a JWK");
  return Object.fromEntries(
    Object.entries(json).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}

/** Every upstream as the clone has it, each over the folder that the configuration names. */
function withInstalled(config: Config, program: string): Config {
  const servers = Object.entries(config.mcp.servers).map(([id, server]) => {
    const folder = server.command?.at(-1) ?? ".";
    return [id, { ...server, command: [process.execPath, program, folder] }] as const;
  });
  return { ...config, mcp: { ...config.mcp, servers: Object.fromEntries(servers) } };
}
