// SPDX-License-Identifier: Apache-2.0
// The edges of the one listener: who may speak to it at all, and what the control API does for strangers.
import { readFile, stat } from "node:fs/promises";
import { request } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Office, openOffice } from "../support/office.ts";

let office: Office;

beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office[Symbol.asyncDispose]());

interface Got {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

function ask(
  target: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Got> {
  const url = new URL(office.running.publicUrl);
  return new Promise((resolve, reject) => {
    const { method = "GET", headers = {}, body } = options;
    const sent = request(
      {
        host: "127.0.0.1",
        port: url.port,
        path: target,
        method,
        headers: { host: url.host, ...headers },
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

async function cliToken(): Promise<string> {
  return (await readFile(path.join(office.running.config.dataDir, "cli-token"), "utf8")).trim();
}

describe("E36: Host and Origin", () => {
  const paths = [
    "/mcp/files",
    "/api/status",
    "/oauth/token",
    "/.well-known/oauth-authorization-server",
    "/healthz",
    "/",
  ];
  test("a foreign Host is refused on every path", async () => {
    for (const where of paths)
      expect((await ask(where, { headers: { host: "attacker.example" } })).status, where).toBe(403);
  });
  test("a page of another origin is refused on every path, with a token too", async () => {
    const headers = { origin: "http://attacker.example", authorization: `Bearer ${await cliToken()}` };
    for (const where of paths) expect((await ask(where, { headers })).status, where).toBe(403);
  });
});

describe("the control API", () => {
  test("without a token or a session nothing is read and nothing is written", async () => {
    const calls: [string, string][] = [
      ["GET", "/api/status"],
      ["GET", "/api/record/entries"],
      ["GET", "/api/record/entries/0"],
      ["GET", "/api/live"],
      ["GET", "/api/decisions/BW-0000000"],
      ["POST", "/api/anything"],
      ["PUT", "/api/status"],
      ["DELETE", "/api/record/entries/0"],
      ["POST", "/API/status"],
      ["GET", "//api/status"],
      ["GET", "/api%2fstatus"],
    ];
    for (const [method, where] of calls) {
      const { status, body } = await ask(where, { method });
      expect([401, 404], `${method} ${where}`).toContain(status);
      expect(body, where).not.toContain("dataDir");
    }
  });

  test("a wrong token is refused, the one of the 0600 file is taken", async () => {
    const file = path.join(office.running.config.dataDir, "cli-token");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    for (const authorization of [
      "Bearer wrong",
      `Basic ${await cliToken()}`,
      `Bearer ${await cliToken()}x`,
      "Bearer ",
    ]) {
      expect((await ask("/api/status", { headers: { authorization } })).status, authorization).toBe(401);
    }
    const { status, body } = await ask("/api/status", { headers: { authorization: `Bearer ${await cliToken()}` } });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      mode: "enforce",
      servers: [
        { id: "files", tools: 14 },
        { id: "outbox", tools: 2 },
      ],
      policies: { name: "demo" },
      record: { state: "open" },
    });
  });

  test("the setup link opens one session, once, and only for JSON", async () => {
    const link = (await readFile(path.join(office.running.config.dataDir, "setup-link"), "utf8")).trim();
    const setup = new URL(link).hash.replace("#setup=", "");
    const body = JSON.stringify({ setup });
    expect(
      (await ask("/api/session", { method: "POST", body, headers: { "content-type": "text/plain" } })).status,
    ).toBe(415);
    const headers = { "content-type": "application/json" };
    expect(
      (await ask("/api/session", { method: "POST", body: JSON.stringify({ setup: "wrong" }), headers })).status,
    ).toBe(410);
    const opened = await ask("/api/session", { method: "POST", body, headers });
    expect(opened.status).toBe(204);
    const cookie = String(opened.headers["set-cookie"]);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await ask("/api/status", { headers: { cookie: cookie.split(";")[0] ?? "" } })).status).toBe(200);
    expect((await ask("/api/session", { method: "POST", body, headers })).status).toBe(410);
  });

  test("entries come by page, by index and by reference; what is asked in a wrong way is said", async () => {
    const headers = { authorization: `Bearer ${await cliToken()}` };
    const page = JSON.parse((await ask("/api/record/entries?from=0&limit=2", { headers })).body) as {
      size: number;
      entries: { reference: string; entry: { id: string } }[];
    };
    expect(page.entries).toHaveLength(2);
    const [first] = page.entries;
    for (const key of ["0", first?.reference ?? "", first?.entry.id ?? ""]) {
      const found = JSON.parse((await ask(`/api/record/entries/${key}`, { headers })).body) as { entries: unknown[] };
      expect(found.entries, key).toHaveLength(1);
    }
    for (const where of ["/api/record/entries?from=x", "/api/record/entries?limit=0", "/api/record/entries?limit=-1"]) {
      expect((await ask(where, { headers })).status, where).toBe(400);
    }
    for (const where of [
      "/api/record/entries/999999",
      "/api/record/entries/BW-ZZZZZZZ",
      "/api/record/entries/..%2f",
      "/api/decisions/0",
    ]) {
      expect((await ask(where, { headers })).status, where).toBe(404);
    }
  });

  test("a body over the limit is refused before it is read whole", async () => {
    const { status } = await ask("/mcp/files", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "x".repeat(6 * 1024 * 1024),
    }).catch(() => ({ status: 413 }));
    expect(status).toBe(413);
  });

  test("each answer carries the headers of the house", async () => {
    const { headers } = await ask("/healthz");
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });
});
