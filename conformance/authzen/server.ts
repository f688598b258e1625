// SPDX-License-Identifier: Apache-2.0
// A server of ours with a domain for each set, behind TLS of a certificate made for the run.
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createPlain, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Point } from "./client.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const DOMAINS = ["todo", "gateway", "search", "certification"] as const;
/** UNIT: ms. */
const START_MS = 60_000;

export interface World extends AsyncDisposable {
  point(domain: string): Point;
}

/** @param vectors the folder with `attributes.json` and `certification-1_0.json`: what the domains know */
export async function openWorld(vectors: string): Promise<World> {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-authzen-"));
  const token = randomBytes(32).toString("base64url");
  const { tls, ca, port } = await openTls(dir);
  const inner = await freePort();
  await writeConfig(dir, { token, vectors, publicUrl: `https://localhost:${port}` });
  const config = path.join(dir, "bailiwick.yaml");
  const command = [path.join(ROOT, "bin", "bailiwick.js"), "up", "--config", config, "--port", String(inner)];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await listening(
    dir,
    () => said,
    () => child.exitCode,
  );
  tls.on("request", forward(inner));
  return {
    point: (domain) => ({ url: `https://localhost:${port}/pdp/${domain}`, token, ca }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
      tls.closeAllConnections();
      await new Promise((resolve) => tls.close(resolve));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

interface Said {
  readonly token: string;
  readonly vectors: string;
  readonly publicUrl: string;
}

async function writeConfig(dir: string, { token, vectors, publicUrl }: Said): Promise<void> {
  await writeFile(path.join(dir, "secret"), token, { mode: 0o600 });
  await mkdir(path.join(dir, "domains"));
  await cp(path.join(import.meta.dirname, "domains"), path.join(dir, "domains"), { recursive: true });
  const known = entitiesOf(vectors);
  for (const domain of DOMAINS) await writeFile(path.join(dir, `${domain}.json`), JSON.stringify(known[domain]));
  const config = {
    publicUrl,
    policies: { dir: path.join(ROOT, "policies", "starter") },
    prove: { regimes: { dir: path.join(ROOT, "regulations") } },
    decide: {
      domains: Object.fromEntries(
        DOMAINS.map((domain) => [domain, { policies: `./domains/${domain}`, entities: `./${domain}.json` }]),
      ),
      authzen: {
        peers: { suite: { secret: "./secret", domains: DOMAINS, search: true, types: { identity: "user" } } },
      },
    },
  };
  // JSON is YAML
  await writeFile(path.join(dir, "bailiwick.yaml"), JSON.stringify(config));
}

interface Attributes {
  readonly todo: { readonly users: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly search: {
    readonly users: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly records: Readonly<Record<string, { readonly department: string; readonly owner: string }>>;
  };
}

interface Fixture {
  readonly entities: Readonly<
    Record<"subjects" | "resources", readonly { type: string; id: string; properties: unknown }[]>
  >;
}

function read(folder: string, file: string): unknown {
  return JSON.parse(readFileSync(path.join(folder, file), "utf8"));
}

function entity(type: string, id: string, attrs: unknown): unknown {
  return { uid: { type, id }, attrs, parents: [] };
}

function entitiesOf(vectors: string): Readonly<Record<string, readonly unknown[]>> {
  const { todo, search } = read(vectors, "attributes.json") as Attributes;
  const { entities } = read(vectors, "certification-1_0.json") as Fixture;
  const users = Object.entries(todo.users).map(([id, attrs]) => entity("user", id, attrs));
  return {
    todo: users,
    gateway: users,
    search: [
      ...Object.entries(search.users).map(([id, attrs]) => entity("user", id, attrs)),
      ...Object.entries(search.records).map(([id, { department, owner }]) =>
        entity("record", id, { department, owner: { type: "user", id: owner } }),
      ),
    ],
    certification: [...entities.subjects, ...entities.resources].map(({ type, id, properties }) =>
      entity(type, id, properties),
    ),
  };
}

/** Until the server wrote its address: then it listens. */
async function listening(dir: string, said: () => string, exit: () => number | null): Promise<void> {
  const until = Date.now() + START_MS;
  while (!existsSync(path.join(dir, "data", "address"))) {
    if (exit() !== null || Date.now() > until) throw new Error(`the server did not start: ${said()}`);
    await sleep(50);
  }
}

/** One that nobody has now. */
async function freePort(): Promise<number> {
  const server = createPlain();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function openTls(dir: string): Promise<{ readonly tls: Server; readonly ca: string; readonly port: number }> {
  const [key, cert] = [path.join(dir, "key.pem"), path.join(dir, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  execFileSync("openssl", [...make, "-keyout", key, "-out", cert, ...subject], { stdio: "ignore" });
  const ca = readFileSync(cert, "utf8");
  const tls = createServer({ key: readFileSync(key), cert: ca });
  await new Promise<void>((resolve) => tls.listen(0, "127.0.0.1", resolve));
  const address = tls.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { tls, ca, port: address.port };
}

function forward(port: number): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  return (incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const inner = request({ host: "127.0.0.1", port, path: url, method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    inner.on("error", () => outgoing.destroy());
    incoming.pipe(inner);
  };
}
