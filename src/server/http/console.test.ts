// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fakeLog } from "../../core/testing/system.ts";
import { mountConsole, readConsole } from "./console.ts";
import { createListener } from "./listener.ts";

const SCRIPT = "console.log(1)";
let dir: string;
let app: FastifyInstance;

async function listenerOf(folder: string): Promise<FastifyInstance> {
  const made = createListener("http://localhost:7400", fakeLog());
  mountConsole(made, await readConsole(folder));
  return made;
}

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "bailiwick-console-"));
  await mkdir(path.join(dir, "assets"));
  await writeFile(path.join(dir, "index.html"), "<!doctype html>");
  await writeFile(path.join(dir, "assets", "index-abc.js"), SCRIPT);
  await writeFile(path.join(dir, "assets", "index-abc.js.br"), brotliCompressSync(SCRIPT));
  await writeFile(path.join(dir, "assets", "index-abc.js.gz"), gzipSync(SCRIPT));
  await writeFile(path.join(dir, "secret.env"), "no page");
  app = await listenerOf(dir);
});
afterAll(() => rm(dir, { recursive: true }));

interface Got {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
}

async function get(url: string, headers: Record<string, string> = {}): Promise<Got> {
  const answer = await app.inject({ url, headers: { host: "localhost:7400", ...headers } });
  return { status: answer.statusCode, headers: answer.headers, body: answer.rawPayload };
}

/** The content coding that was chosen, and what it holds. */
async function coded(accepts: string): Promise<[unknown, string]> {
  const { headers, body } = await get("/assets/index-abc.js", { "accept-encoding": accepts });
  const coding = headers["content-encoding"];
  const plain = coding === "br" ? brotliDecompressSync(body) : coding === "gzip" ? gunzipSync(body) : body;
  return [coding, plain.toString("utf8")];
}

test("handbook 10: every page has the strict policy; a page is asked for again, what is named by its content is not", async () => {
  const page = await get("/");
  expect(page).toMatchObject({
    status: 200,
    headers: { "cache-control": "no-cache", "x-content-type-options": "nosniff" },
  });
  const policy = String(page.headers["content-security-policy"]);
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ])
    expect(policy).toContain(part);
  expect(policy).not.toContain("unsafe");
  expect(page.headers["referrer-policy"]).toBe("no-referrer");
  expect((await get("/assets/index-abc.js")).headers["cache-control"]).toBe("public, max-age=31536000, immutable");
});

test("experience 6: whoever takes a compressed form gets the one that was built, and nobody else", async () => {
  expect(await coded("gzip, deflate, br")).toEqual(["br", SCRIPT]);
  expect(await coded("gzip;q=0.5")).toEqual(["gzip", SCRIPT]);
  expect(await coded("br;q=0, gzip;q=0")).toEqual([undefined, SCRIPT]);
  expect(await coded("")).toEqual([undefined, SCRIPT]);
});

test("what was seen before is not sent again", async () => {
  const { etag } = (await get("/")).headers;
  expect(await get("/", { "if-none-match": String(etag) })).toMatchObject({ status: 304 });
});

test("nothing but the console's own files is ever served, whatever a path looks like", async () => {
  for (const where of [
    "/secret.env",
    "/../package.json",
    "/assets/..%2findex.html",
    "/assets/",
    "/assets/index-abc.js.br",
    "/%2e%2e/x",
  ])
    expect((await get(where)).status, where).toBe(404);
});

test("a console that was not built says so in plain words, and how to build it", async () => {
  const bare = await listenerOf(path.join(dir, "nowhere"));
  const answer = await bare.inject({ url: "/", headers: { host: "localhost:7400" } });
  expect(answer.statusCode).toBe(503);
  expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
  expect(answer.body).toContain("npm run build:console");
});
