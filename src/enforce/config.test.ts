// SPDX-License-Identifier: Apache-2.0
// What a server's entry in the configuration may say of how it is reached.
import { expect, test } from "vitest";
import { mcpConfig } from "./config.ts";

const BASE = { operator: "us", jurisdiction: "FR" };

function problemOf(server: object): string {
  const checked = mcpConfig.safeParse({ servers: { one: { ...BASE, ...server } } });
  return checked.success ? "none" : (checked.error.issues[0]?.message ?? "no message");
}

const CASES: readonly [string, object, RegExp][] = [
  ["a program", { command: ["x"] }, /^none$/],
  ["a URL", { url: "https://mcp.example/mcp" }, /^none$/],
  ["a URL with a token", { url: "https://mcp.example/mcp", auth: { file: "./t" } }, /^none$/],
  ["a private URL", { url: "http://localhost:1/mcp", allow: { private: true } }, /^none$/],
  ["neither", {}, /either `command` or `url`/],
  ["both", { command: ["x"], url: "https://mcp.example/mcp" }, /either `command` or `url`/],
  ["http to the world", { url: "http://mcp.example/mcp" }, /take https, or set `allow.private`/],
  ["another scheme", { url: "file:///etc/passwd" }, /Invalid URL/],
  ["a password in the URL", { url: "https://a:b@mcp.example/mcp" }, /use `auth`/],
  ["a token for a program", { command: ["x"], auth: { file: "./t" } }, /by `env`, not by `auth`/],
  ["a keyring", { url: "https://mcp.example/mcp", auth: "keyring:x" }, /write none, or \{ file: PATH \}/],
  ["a token exchange", { url: "https://mcp.example/mcp", auth: "exchange" }, /is not in this version/],
  ["many redirects", { url: "https://mcp.example/mcp", allow: { redirects: 9 } }, /<=5/],
];

for (const [what, server, problem] of CASES)
  test(`E36, E37: an entry with ${what}: ${problem.source}`, () => {
    expect(problemOf(server)).toMatch(problem);
  });
