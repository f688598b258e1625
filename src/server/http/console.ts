// SPDX-License-Identifier: Apache-2.0
// The console's files, read once at the start: a request is answered by name out of memory, so no path from outside ever
// meets the file system. Whoever takes a compressed form gets the one that was made when the console was built.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

interface ConsoleFile {
  readonly type: string;
  /** Named by its content, so it never changes. */
  readonly isImmutable: boolean;
  readonly etag: string;
  /** By content coding; `identity` is always there. */
  readonly bodies: ReadonlyMap<Coding, Uint8Array>;
}
type Coding = "br" | "gzip" | "identity";

/** By path from `/`. Empty where the console was not built. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

const TYPES: ReadonlyMap<string, string> = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".svg", "image/svg+xml"],
  [".md", "text/plain; charset=utf-8"],
]);
const ENDINGS: readonly (readonly [Coding, string])[] = [
  ["br", ".br"],
  ["gzip", ".gz"],
];
/** What may be in a built console; a folder with more is not one. */
const FILES_MAX = 500;

/** Addresses of screens: the page is the same, and its script shows what the address names. */
const SCREENS = [
  "/",
  "/decisions",
  "/decisions/*",
  "/identities",
  "/identities/*",
  "/pair/*",
  "/approve/:id",
  "/people",
  "/record",
  "/record/*",
  "/policies",
  "/policies/*",
] as const;

const NOT_BUILT = `Bailiwick runs here, and its console is not built.

In a clone:  npm run build:console, then start it again.
Meanwhile the command shows the same: npx bailiwick status, npx bailiwick approve list
`;

/** Reads `console/dist`. @param dir - that folder; where it is missing there are no files */
export async function readConsole(dir: string): Promise<ConsoleFiles> {
  const names = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = names.filter((name) => name.isFile()).map((name) => path.join(name.parentPath, name.name));
  const plain = files.filter((file) => TYPES.has(path.extname(file))).slice(0, FILES_MAX);
  const read = await Promise.all(plain.map((file) => readFileOf(file, new Set(files))));
  return new Map(read.map((file, i) => [`/${path.relative(dir, plain[i] ?? "").replaceAll(path.sep, "/")}`, file]));
}

async function readFileOf(file: string, all: ReadonlySet<string>): Promise<ConsoleFile> {
  const content = await readFile(file);
  const bodies = new Map<Coding, Uint8Array>([["identity", content]]);
  for (const [coding, ending] of ENDINGS) if (all.has(file + ending)) bodies.set(coding, await readFile(file + ending));
  return {
    type: TYPES.get(path.extname(file)) ?? "application/octet-stream",
    isImmutable: path.basename(path.dirname(file)) === "assets",
    etag: `W/"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`,
    bodies,
  };
}

export function mountConsole(app: FastifyInstance, files: ConsoleFiles): void {
  const index = files.get("/index.html");
  if (index === undefined) {
    for (const screen of SCREENS)
      app.get(screen, (_request, reply) =>
        reply.code(503).header("content-type", "text/plain; charset=utf-8").send(NOT_BUILT),
      );
    return;
  }
  for (const screen of SCREENS) app.get(screen, (request, reply) => send(index, request, reply));
  for (const [name, file] of files) app.get(name, (request, reply) => send(file, request, reply));
}

function send(file: ConsoleFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { coding, body } = choose(file, request.headers["accept-encoding"]);
  reply
    .header("content-type", file.type)
    .header("cache-control", file.isImmutable ? "public, max-age=31536000, immutable" : "no-cache")
    .header("vary", "accept-encoding")
    .header("etag", file.etag);
  if (request.headers["if-none-match"] === file.etag) return reply.code(304).send();
  if (coding !== "identity") reply.header("content-encoding", coding);
  return reply.send(body);
}

/** The smallest form that the client names; one that it refuses by `q=0` is not named (RFC 9110 section 12.5.3). */
function choose({ bodies }: ConsoleFile, accepts: string | undefined): { coding: Coding; body: Uint8Array } {
  const named = new Set(
    (accepts ?? "")
      .split(",")
      .map((part) => part.trim().toLowerCase())
      .filter((part) => !/;\s*q=0(?:\.0*)?$/.test(part))
      .map((part) => part.split(";")[0]?.trim()),
  );
  for (const [coding] of ENDINGS) {
    const body = bodies.get(coding);
    if (body !== undefined && named.has(coding)) return { coding, body };
  }
  return { coding: "identity", body: bodies.get("identity") ?? new Uint8Array() };
}
